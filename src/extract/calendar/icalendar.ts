import type { Item, PageProblem, Thing } from '../item.ts';
import type { Reader, ReadOptions } from '../reader.ts';
import { type CalendarContext, type CalendarEvent, calendarThing, readCalendarEvent } from './event.ts';
import { type CalendarComponent, readCalendarLines } from './lines.ts';
import type { RecurrenceWindow } from './series.ts';
import { expandSeries, isSeries, maxInstances } from './series.ts';
import type { CalendarTime } from './time.ts';
import { zoneFinder } from './time.ts';

/** Calendar feeds and files (RFC 5545). */
export const icalendarReader: Reader = {
  name: 'icalendar',
  types: ['text/calendar', 'text/x-vcalendar', 'application/ics'],
  accept: ['text/calendar'],
  endings: ['ics', 'ical', 'ifb', 'icalendar'],
  schemes: ['webcal', 'webcals'],
  isAddress: isCalendarQuery,
  feed: true,
  gives: ['event'],
  recognises: ({ type, text }) =>
    /^\s*BEGIN:VCALENDAR/i.test(text) || (type === 'text/calendar' && !/^\s*</.test(text)),
  read: ({ text }, options) => readCalendar(text, options),
};

export interface CalendarContent {
  /** Events, in the order of the file; the instances of a series stand together, in order of time. */
  items: Item[];
  problems: PageProblem[];
}

const daysBack = 31;
const daysAhead = 400;
const maxEvents = 10_000;

/** A rule made to be hard takes half a second; a file may have thousands. The rest is then not expanded. */
const maxExpansionMilliseconds = 5_000;

/**
 * Reads an iCalendar file (RFC 5545) into schema.org events. Series are written out within
 * [now − 31 days, now + 400 days], at most 500 instances each; events that do not repeat are all given.
 * schema.org's `endDate` of whole days is the last day, where DTEND is the day after. What cannot be read
 * is left out and said in `problems`; nothing is thrown.
 *
 * @param text the file, decoded
 */
export function readCalendar(text: string, options: Partial<ReadOptions> = {}): CalendarContent {
  const today = (options.now ?? Temporal.Now.instant()).toZonedDateTimeISO('UTC').toPlainDateTime();
  const window = { from: today.subtract({ days: daysBack }), to: today.add({ days: daysAhead }) };
  const { root, problems } = readCalendarLines(text);
  const things: Thing[] = [];
  for (const calendar of calendarsIn(root)) {
    if (things.length < maxEvents) readOne(calendar, window, things, problems);
  }
  if (things.length > maxEvents) {
    problems.push({
      code: 'too-many-items',
      message: `The calendar has more than ${maxEvents} events. The rest was left out.`,
    });
    things.length = maxEvents;
  }
  return { items: things.map((thing) => ({ kind: 'event', syntax: 'icalendar', thing })), problems };
}

/** A query by which calendar plugins are asked for a file: `ical=1`, `format=ics`. */
function isCalendarQuery(url: string): boolean {
  return /[?&](?:(?:outlook-)?ical=1|(?:format|output|type)=(?:ics|ical))(?:&|$)/i.test(url);
}

/** Events may also stand in no VCALENDAR at all, when someone cut a file up. */
function calendarsIn(root: CalendarComponent): CalendarComponent[] {
  const calendars = root.components.filter(({ name }) => name === 'VCALENDAR');
  return root.components.some(({ name }) => name === 'VEVENT') ? [...calendars, root] : calendars;
}

function readOne(
  calendar: CalendarComponent,
  window: RecurrenceWindow,
  things: Thing[],
  problems: PageProblem[],
): void {
  const unknownZones = new Set<string>();
  const context: CalendarContext = {
    findZone: zoneFinder(calendar),
    onUnknownZone: (tzid) => unknownZones.add(tzid),
    cancelled: calendar.properties.some(({ name, raw }) => name === 'METHOD' && /^cancel$/i.test(raw)),
  };
  let unreadable = 0;
  const attempt = <Result>(read: () => Result): Result | null => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return null;
    }
  };
  const write = (event: CalendarEvent, recurrenceId: CalendarTime | null) => {
    const thing = attempt(() => calendarThing(event, event.start.wall, recurrenceId, context));
    if (thing === null) unreadable += 1;
    else things.push(thing);
  };

  const events: CalendarEvent[] = [];
  for (const component of calendar.components) {
    if (component.name !== 'VEVENT') continue;
    const event = attempt(() => readCalendarEvent(component, context));
    if (event === null) unreadable += 1;
    else events.push(event);
  }
  const overrides = Map.groupBy(
    events.filter(({ replaces }) => replaces !== null),
    ({ uid }) => uid,
  );
  const current = newestOf(events);
  const masters = current.filter((event) => event.replaces === null && isSeries(event));
  const seriesIds = new Set(masters.map(({ uid }) => uid));
  const failures: string[] = [];
  let cut = 0;
  let expanding = 0;
  for (const event of current) {
    if (things.length > maxEvents) break;
    if (event.replaces !== null) {
      if (!seriesIds.has(event.uid)) write(event, event.replaces);
    } else if (!isSeries(event)) {
      write(event, null);
    } else if (expanding > maxExpansionMilliseconds) {
      write(event, event.start);
      cut += 1;
    } else {
      const began = performance.now();
      const series = attempt(() => expandSeries(event, overrides.get(event.uid) ?? [], window, context));
      expanding += performance.now() - began;
      if (series === null) {
        unreadable += 1;
        continue;
      }
      for (const thing of series.things) things.push(thing);
      failures.push(...series.failures);
      if (series.cut) cut += 1;
    }
  }
  report({ unreadable, unknownZones, failures, cut }, problems);
}

/** Of several versions of an event with one UID, those with the highest SEQUENCE (RFC 5545 §3.8.7.4). */
function newestOf(events: readonly CalendarEvent[]): CalendarEvent[] {
  const highest = new Map<string, number>();
  for (const { uid, sequence, replaces } of events) {
    if (uid !== null && replaces === null) highest.set(uid, Math.max(sequence, highest.get(uid) ?? sequence));
  }
  return events.filter(
    ({ uid, sequence, replaces }) =>
      uid === null || replaces !== null || sequence === (highest.get(uid) ?? sequence),
  );
}

interface CalendarTrouble {
  unreadable: number;
  unknownZones: ReadonlySet<string>;
  failures: readonly string[];
  cut: number;
}

function report(trouble: CalendarTrouble, problems: PageProblem[]): void {
  const { unreadable, unknownZones, failures, cut } = trouble;
  if (unreadable > 0) {
    problems.push({
      code: 'calendar-component-unreadable',
      message: `${unreadable} event(s) have no start or length that can be read. They were skipped.`,
    });
  }
  if (unknownZones.size > 0) {
    problems.push({
      code: 'calendar-zone-unknown',
      message: `No time zone is known by the name ${[...unknownZones].slice(0, 5).join(', ')}. Times in it were read as local times of the place.`,
    });
  }
  if (failures.length > 0) {
    problems.push({
      code: 'calendar-recurrence-unreadable',
      message: `${failures.length} recurrence rule(s) could not be expanded: ${failures[0]}. Their first dates were read.`,
    });
  }
  if (cut > 0) {
    problems.push({
      code: 'calendar-recurrence-cut',
      message: `${cut} series have more than ${maxInstances} instances in the window, or took too long. The rest was left out.`,
    });
  }
}
