import { RRuleTemporal } from 'rrule-temporal';
import type { Thing } from '../item.ts';
import { type CalendarContext, type CalendarEvent, calendarThing } from './event.ts';
import type { CalendarProperty } from './lines.ts';
import { type CalendarTime, inZone, readCalendarTime } from './time.ts';

/** The stretch of wall-clock time that instances are wanted for, both ends included. */
export interface RecurrenceWindow {
  from: Temporal.PlainDateTime;
  to: Temporal.PlainDateTime;
}

export interface ExpandedRule {
  instances: Temporal.PlainDateTime[];
  /** Whether there are more instances than were wanted. */
  cut: boolean;
  /** Why the rule could not be expanded; null when it could. */
  failure: string | null;
}

/** A rule that needs more steps than this is given up: the library would go on for seconds. */
const maxIterations = 10_000;
const maxCandidates = 200_000;

/** Repetitions in a day beyond which the window is shortened, so that no list of millions is ever made. */
const maxPerDay = 24;

/**
 * Expands a recurrence rule (RFC 5545 §3.3.10) in wall-clock time: each instance shows the same time of
 * day, whatever the zone's offset is then. Counting in UTC and reading the result as wall-clock time does
 * that, and is the library's fast path.
 *
 * @param rule value of an RRULE property
 * @param start DTSTART; it counts as the first instance only if the rule yields it
 * @param until end of the rule in the same wall-clock time, included; null to go on as the rule says
 * @param limit greatest number of instances
 */
export function expandRule(
  rule: string,
  start: Temporal.PlainDateTime,
  until: Temporal.PlainDateTime | null,
  window: RecurrenceWindow,
  limit: number,
): ExpandedRule {
  const parts = ruleParts(rule);
  const perDay = mostPerDay(parts);
  const from = Temporal.PlainDateTime.compare(start, window.from) > 0 ? start : window.from;
  const count = Number(parts.get('COUNT') ?? Number.POSITIVE_INFINITY);
  const dense = perDay > maxPerDay && count > limit;
  const to = dense ? earlier(window.to, from.add({ seconds: secondsFor(limit, perDay) })) : window.to;
  if (Temporal.PlainDateTime.compare(from, to) > 0) return { instances: [], cut: false, failure: null };
  parts.delete('UNTIL');
  if (count > mostBetween(start, to, perDay)) parts.delete('COUNT');
  try {
    const rrule = new RRuleTemporal({
      rruleString: `RRULE:${[...parts].map(([name, value]) => `${name}=${value}`).join(';')}`,
      dtstart: asUtc(start),
      ...(until === null ? {} : { until: asUtc(until) }),
      maxIterations,
      maxCandidateEvaluations: maxCandidates,
      cache: false,
    });
    const found = rrule.between(asUtc(from), asUtc(to), true);
    const instances = found.slice(0, limit).map((instance) => wallTime(instance.toString()));
    return { instances, cut: found.length > limit || dense, failure: null };
  } catch (error) {
    return { instances: [], cut: false, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** The parts of a rule by name, in upper case. */
export function ruleParts(rule: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of rule.toUpperCase().split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return parts;
}

const perDayOf: Readonly<Record<string, number>> = { SECONDLY: 86_400, MINUTELY: 1_440, HOURLY: 24 };

/** The lists that multiply the instances of a period; of a shorter period they only pick some. */
const multipliers: Readonly<Record<string, readonly string[]>> = {
  SECONDLY: [],
  MINUTELY: ['BYSECOND'],
  HOURLY: ['BYMINUTE', 'BYSECOND'],
};

/** An upper bound, good enough to tell a weekly class from a ticking clock. */
function mostPerDay(parts: ReadonlyMap<string, string>): number {
  const interval = Math.max(1, Number(parts.get('INTERVAL') ?? 1) || 1);
  const frequency = parts.get('FREQ') ?? '';
  const lists = multipliers[frequency] ?? ['BYHOUR', 'BYMINUTE', 'BYSECOND'];
  const perPeriod = lists.reduce((product, name) => product * (parts.get(name)?.split(',').length ?? 1), 1);
  return Math.min(((perDayOf[frequency] ?? 1) / interval) * perPeriod, 86_400);
}

/** A COUNT beyond this is never reached; without it the library may jump ahead in place of counting up. */
function mostBetween(start: Temporal.PlainDateTime, to: Temporal.PlainDateTime, perDay: number): number {
  const days = start.until(to, { largestUnit: 'days' }).days + 2;
  return days * Math.max(1, perDay);
}

function secondsFor(limit: number, perDay: number): number {
  return Math.ceil((limit * 86_400) / perDay);
}

function earlier(a: Temporal.PlainDateTime, b: Temporal.PlainDateTime): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.compare(a, b) < 0 ? a : b;
}

/** The library brings its own Temporal and takes any object that writes itself as RFC 9557 text. */
function asUtc(wall: Temporal.PlainDateTime): Temporal.ZonedDateTime {
  return wall.toZonedDateTime('UTC');
}

function wallTime(text: string): Temporal.PlainDateTime {
  return Temporal.ZonedDateTime.from(text).toPlainDateTime();
}

/** Instances of one series that are written out at most. */
export const maxInstances = 500;

export interface ExpandedSeries {
  things: Thing[];
  cut: boolean;
  /** Why a rule could not be expanded; the series is then its first instance and its RDATEs. */
  failures: string[];
}

/** Whether an event says that it happens more than once. */
export function isSeries(event: CalendarEvent): boolean {
  return event.component.properties.some(({ name }) => name === 'RRULE' || name === 'RDATE');
}

/**
 * Writes out the instances of a series within a window: those of its RRULEs and RDATEs without its EXDATEs
 * (RFC 5545 §3.8.5), each replaced by the event that names it in RECURRENCE-ID, in order of their original
 * starts. DTSTART is always an instance. Each has its original start as `recurrenceId`.
 */
export function expandSeries(
  master: CalendarEvent,
  overrides: readonly CalendarEvent[],
  window: RecurrenceWindow,
  context: CalendarContext,
): ExpandedSeries {
  const { start, component } = master;
  const failures: string[] = [];
  const walls = new Map<string, Temporal.PlainDateTime>();
  const addWall = (wall: Temporal.PlainDateTime) => {
    if (isWithin(wall, window)) walls.set(wall.toString(), wall);
  };
  let cut = false;

  addWall(start.wall);
  for (const { name, raw } of component.properties) {
    if (name !== 'RRULE') continue;
    const expanded = expandRule(raw, start.wall, ruleEnd(raw, master, context), window, maxInstances);
    for (const wall of expanded.instances) walls.set(wall.toString(), wall);
    if (expanded.failure !== null) failures.push(expanded.failure);
    cut ||= expanded.cut;
  }
  for (const time of timesOf(master, 'RDATE', context)) addWall(time.wall);
  for (const time of timesOf(master, 'EXDATE', context)) exclude(walls, time);

  const replaced = new Map<string, CalendarEvent>();
  for (const override of overrides) {
    const original = originalWall(override, start);
    const key = original?.toString();
    if (key === undefined || original === null) continue;
    const known = replaced.get(key);
    if (known !== undefined && known.sequence > override.sequence) continue;
    replaced.set(key, override);
    if (isWithin(inZone(override.start, start.zone).wall, window)) walls.set(key, original);
  }

  const things = [...walls]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, maxInstances)
    .map(([key, wall]) => {
      const override = replaced.get(key);
      const original = { ...start, wall };
      return override === undefined
        ? calendarThing(master, wall, original, context)
        : calendarThing(inheriting(override, master), override.start.wall, original, context);
    });
  return { things, cut: cut || walls.size > maxInstances, failures };
}

/** An override should be complete; one that leaves out its text means the series' own. */
function inheriting(override: CalendarEvent, master: CalendarEvent): CalendarEvent {
  const own = new Set(override.component.properties.map(({ name }) => name));
  const inherited = master.component.properties.filter(
    ({ name }) => ['SUMMARY', 'LOCATION', 'URL', 'UID'].includes(name) && !own.has(name),
  );
  if (inherited.length === 0) return override;
  const properties = [...override.component.properties, ...inherited];
  return { ...override, component: { ...override.component, properties } };
}

/** UNTIL on the series' own clock. A date includes all instances of that day. */
function ruleEnd(
  rule: string,
  { start }: CalendarEvent,
  context: CalendarContext,
): Temporal.PlainDateTime | null {
  const value = ruleParts(rule).get('UNTIL');
  if (value === undefined) return null;
  const bare: CalendarProperty = { name: 'UNTIL', parameters: new Map(), raw: value, texts: [] };
  const until = readCalendarTime(value, bare, context.findZone, context.onUnknownZone);
  if (until === null) return null;
  if (until.dateOnly || start.dateOnly) return until.wall.withPlainTime('23:59:59');
  return inZone(until, start.zone).wall;
}

function timesOf(master: CalendarEvent, name: string, context: CalendarContext): CalendarTime[] {
  const times: CalendarTime[] = [];
  for (const property of master.component.properties) {
    if (property.name !== name) continue;
    for (const value of property.raw.split(',')) {
      const first = value.split('/', 1)[0] ?? '';
      const time = readCalendarTime(first, property, context.findZone, context.onUnknownZone);
      if (time !== null) times.push(onClockOf(time, master.start));
    }
  }
  return times;
}

/** A time as the series' clock shows it; for a series of whole days only the day counts. */
function onClockOf(time: CalendarTime, start: CalendarTime): CalendarTime {
  if (!start.dateOnly) return inZone(time, start.zone);
  return { wall: time.wall.withPlainTime(), zone: null, dateOnly: true };
}

function exclude(walls: Map<string, Temporal.PlainDateTime>, time: CalendarTime): void {
  const key = time.wall.toString();
  if (!time.dateOnly) {
    walls.delete(key);
    return;
  }
  const day = time.wall.toPlainDate().toString();
  for (const wall of walls.keys()) if (wall.startsWith(day)) walls.delete(wall);
}

/** Original start of the instance that an override replaces; a date alone means the instance of that day. */
function originalWall(override: CalendarEvent, start: CalendarTime): Temporal.PlainDateTime | null {
  if (override.replaces === null) return null;
  const { wall, dateOnly } = onClockOf(override.replaces, start);
  return dateOnly && !start.dateOnly ? wall.withPlainTime(start.wall.toPlainTime()) : wall;
}

function isWithin(wall: Temporal.PlainDateTime, { from, to }: RecurrenceWindow): boolean {
  return Temporal.PlainDateTime.compare(from, wall) <= 0 && Temporal.PlainDateTime.compare(wall, to) <= 0;
}
