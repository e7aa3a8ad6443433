import type { PropertyValue, Thing } from '../item.ts';
import { cleanText } from '../text.ts';
import type { CalendarComponent, CalendarProperty } from './lines.ts';
import type { ZoneFinder } from './time.ts';
import { type CalendarTime, formatCalendarTime, readCalendarTime } from './time.ts';

/** A VEVENT with its times read. */
export interface CalendarEvent {
  component: CalendarComponent;
  uid: string | null;
  sequence: number;
  start: CalendarTime;
  /** How long it lasts on the clock; null when the calendar does not say. */
  length: Temporal.Duration | null;
  /** The original start of the instance that this event replaces; null for an event of its own. */
  replaces: CalendarTime | null;
}

/** What is known of the calendar that an event is in. */
export interface CalendarContext {
  findZone: ZoneFinder;
  onUnknownZone: (tzid: string) => void;
  /** METHOD:CANCEL: everything in the file is called off. */
  cancelled: boolean;
}

/**
 * Reads the times of a VEVENT.
 *
 * @returns null when it has no start that can be read
 * @throws RangeError when a time or length is beyond what Temporal can hold
 */
export function readCalendarEvent(
  component: CalendarComponent,
  context: CalendarContext,
): CalendarEvent | null {
  const start = timeOf(component, 'DTSTART', context);
  if (start === null) return null;
  const sequence = Number(property(component, 'SEQUENCE')?.raw ?? 0);
  return {
    component,
    uid: text(component, 'UID'),
    sequence: Number.isFinite(sequence) ? sequence : 0,
    start,
    length: lengthOf(component, start, context),
    replaces: timeOf(component, 'RECURRENCE-ID', context),
  };
}

/**
 * Writes an event, or one instance of its series, as a schema.org Event.
 *
 * @param wall when the instance starts, on the clock of the event's own zone
 * @param recurrenceId original start of the instance; null for an event that does not repeat
 * @throws RangeError when its end is beyond what Temporal can hold
 */
export function calendarThing(
  event: CalendarEvent,
  wall: Temporal.PlainDateTime,
  recurrenceId: CalendarTime | null,
  context: CalendarContext,
): Thing {
  const { component } = event;
  const thing: Thing = { '@type': ['Event'] };
  const add = (name: string, value: PropertyValue | undefined) => {
    if (value !== undefined && value !== null && value !== '') thing[name] = value;
  };
  add('identifier', event.uid);
  add('recurrenceId', recurrenceId === null ? null : formatCalendarTime(recurrenceId));
  add('name', text(component, 'SUMMARY'));
  add('description', text(component, 'DESCRIPTION'));
  add('startDate', formatCalendarTime({ ...event.start, wall }));
  add('endDate', endDate(event, wall));
  add('url', property(component, 'URL')?.raw);
  add('location', location(component));
  add('eventStatus', context.cancelled ? 'EventCancelled' : eventStatus(component));
  add('organizer', organizer(component));
  add('keywords', keywords(component));
  add('image', image(component));
  return thing;
}

/** The end as schema.org has it: the last day, included, of an event of whole days; else the moment. */
function endDate({ start, length }: CalendarEvent, wall: Temporal.PlainDateTime): string | undefined {
  if (length === null) return undefined;
  const end = wall.add(length);
  if (!start.dateOnly) return formatCalendarTime({ ...start, wall: end });
  const last = end.subtract({ days: 1 });
  return formatCalendarTime({ ...start, wall: Temporal.PlainDateTime.compare(last, wall) < 0 ? wall : last });
}

function lengthOf(
  component: CalendarComponent,
  start: CalendarTime,
  context: CalendarContext,
): Temporal.Duration | null {
  const end = timeOf(component, 'DTEND', context);
  const duration = property(component, 'DURATION')?.raw;
  let length: Temporal.Duration | null = null;
  if (end !== null) length = between(start, end);
  else if (duration !== undefined) length = readDuration(duration);
  if (length !== null && length.sign >= 0) return length;
  return start.dateOnly ? Temporal.Duration.from({ days: 1 }) : null;
}

/** Difference on the clock; across two zones it is the time that really passes. */
function between(start: CalendarTime, end: CalendarTime): Temporal.Duration {
  if (start.zone === end.zone || start.zone === null || end.zone === null) {
    return start.wall.until(end.wall, { largestUnit: 'days' });
  }
  const from = start.wall.toZonedDateTime(start.zone).toInstant();
  return from.until(end.wall.toZonedDateTime(end.zone).toInstant(), { largestUnit: 'hours' });
}

/** Reads a DURATION (RFC 5545 §3.3.6), which is nearly ISO 8601. Some programs write weeks as "PT1W". */
function readDuration(written: string): Temporal.Duration | null {
  const value = written.replace(/^(\+?P)T(?=\d+W$)/i, '$1');
  if (!/^\+?P(?:\d+W)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+S)?)?$/i.test(value)) return null;
  if (!/\d/.test(value)) return null;
  return Temporal.Duration.from(value.replace(/T$/i, ''));
}

function timeOf(component: CalendarComponent, name: string, context: CalendarContext): CalendarTime | null {
  const found = property(component, name);
  return found === undefined
    ? null
    : readCalendarTime(found.raw, found, context.findZone, context.onUnknownZone);
}

function location(component: CalendarComponent): Thing | undefined {
  const name = text(component, 'LOCATION');
  const geo = coordinates(property(component, 'GEO')?.raw);
  if (name === null && geo === null) return undefined;
  return { '@type': ['Place'], ...(name === null ? {} : { name }), ...(geo === null ? {} : { geo }) };
}

function coordinates(value: string | undefined): Thing | null {
  const match = /^(-?\d+(?:\.\d+)?)\s*[;,]\s*(-?\d+(?:\.\d+)?)$/.exec(value?.replaceAll('\\', '') ?? '');
  if (match === null) return null;
  return { '@type': ['GeoCoordinates'], latitude: Number(match[1]), longitude: Number(match[2]) };
}

function eventStatus(component: CalendarComponent): string | undefined {
  const status = property(component, 'STATUS')?.raw.toUpperCase();
  if (status === 'CANCELLED' || status === 'CANCELED') return 'EventCancelled';
  return status === 'CONFIRMED' ? 'EventScheduled' : undefined;
}

/** Whether an organiser is a person or a body is not said: the type is schema.org's most general one. */
function organizer(component: CalendarComponent): Thing | undefined {
  const found = property(component, 'ORGANIZER');
  if (found === undefined) return undefined;
  const name = clean('name', found.parameters.get('cn') ?? '');
  const email = /^mailto:(.+@.+)$/i.exec(found.raw)?.[1] ?? '';
  const url = /^https?:/i.test(found.raw) ? found.raw : '';
  if (name === '' && email === '' && url === '') return undefined;
  return {
    '@type': ['Thing'],
    ...(name === '' ? {} : { name }),
    ...(email === '' ? {} : { email }),
    ...(url === '' ? {} : { url }),
  };
}

function keywords(component: CalendarComponent): string[] | undefined {
  const words = component.properties
    .filter(({ name }) => name === 'CATEGORIES')
    .flatMap(({ texts }) => texts.map((word) => clean('keywords', word)))
    .filter((word) => word !== '');
  return words.length === 0 ? undefined : [...new Set(words)];
}

function image(component: CalendarComponent): string | undefined {
  const found = component.properties.find(
    ({ name, parameters, raw }) =>
      /^https?:/i.test(raw) &&
      (name === 'IMAGE' || (name === 'ATTACH' && /^image\//i.test(parameters.get('fmttype') ?? ''))),
  );
  return found?.raw;
}

function property(component: CalendarComponent, name: string): CalendarProperty | undefined {
  return component.properties.find((candidate) => candidate.name === name);
}

function text(component: CalendarComponent, name: string): string | null {
  const found = property(component, name);
  const joined = clean(name, found?.texts.join(', ') ?? '');
  return joined === '' ? null : joined;
}

/**
 * A text that a program escaped twice still has backslashes before its commas after ical.js took one layer
 * off; nobody means them. Entities are there when a web page's title was copied into the calendar.
 */
function clean(name: string, value: string): string {
  return cleanText(name, value.replace(/\\(?=[,;:"'])/g, ''), 'about:blank');
}
