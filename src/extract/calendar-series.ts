import { type CalendarContext, type CalendarEvent, calendarThing } from './calendar-event.ts';
import type { CalendarProperty } from './calendar-lines.ts';
import { expandRule, type RecurrenceWindow, ruleParts } from './calendar-recurrence.ts';
import { type CalendarTime, inZone, readCalendarTime } from './calendar-time.ts';
import type { Thing } from './item.ts';

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
