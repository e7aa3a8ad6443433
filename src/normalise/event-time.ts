import { readEventEnd } from './event-end.ts';
import { readWrittenDateTime, type WrittenDateTimeFailure } from './written-dates.ts';
import {
  isAmericanZone,
  localInstant,
  normaliseTimeZone,
  resolveInstant,
  zoneOffset,
  zoneOfOffset,
} from './zones.ts';

export interface EventTime {
  /** The instant of the start. When the time is not known: the first moment of the day in `timeZone`. */
  startDate: Date;
  /**
   * The instant of the end. Of an all-day event: the first moment of its last day, which belongs to the event,
   * as in schema.org (and not as in iCalendar, whose DTEND is the day after).
   */
  endDate: Date | null;
  /** IANA name. */
  timeZone: string;
  /** Said to last whole days. */
  allDay: boolean;
  /** False when only a day is known: then the time in `startDate` means nothing and must not be shown. */
  timeKnown: boolean;
  /** Sentences on whatever was corrected or assumed. Empty for a plain value. */
  notes: string[];
}

export type EventTimeReason =
  | 'START_MISSING'
  | 'START_UNREADABLE'
  | 'START_AMBIGUOUS'
  | 'START_OUT_OF_RANGE'
  | 'TIME_ZONE_UNKNOWN';

export type EventTimeResult =
  | { ok: true; value: EventTime }
  | { ok: false; reason: EventTimeReason; message: string };

const day = 86_400_000;

/**
 * When an event takes place, from the texts on a page. The three states of field reports are kept apart: the
 * time is known; the event lasts whole days (`allDay`); only the day is known (`timeKnown` false, `allDay`
 * false). A lone midnight is a template's word for "no time", so it counts as the third.
 *
 * The zone comes from brackets in the text, else from `timeZone`, else from the offset. The readable forms are
 * listed at `readWrittenDateTime`, the rules for offsets at `resolveInstant`, those for ends at `readEventEnd`.
 *
 * @param input.timeZone where times without an offset are local, and which zone is stored; null: not known
 * @returns a value, or the reason for refusing it with a message for people; never throws
 */
export function normaliseEventTime(input: {
  startDate: string;
  endDate: string | null;
  timeZone: string | null;
}): EventTimeResult {
  const text = input.startDate.trim();
  if (text === '')
    return refuse('START_MISSING', 'The event has no start date. Give one such as 2026-05-09T08:30.');
  const given = input.timeZone === null ? null : normaliseTimeZone(input.timeZone);
  if (input.timeZone !== null && given === null) return unknownZone(input.timeZone);

  const american = {
    dates: isAmericanZone(given),
    zoneNames: given === null || given.startsWith('America/') || isAmericanZone(given),
  };
  const start = readWrittenDateTime(text, american);
  if (typeof start === 'string') return refuseStart(start, text);

  const named = start.zone === null ? null : normaliseTimeZone(start.zone);
  if (start.zone !== null && named === null) return unknownZone(start.zone);
  const notes: string[] = [];
  const zone = named ?? given ?? zoneOfOffset(start.offset, notes);
  if (zone === null) {
    return refuse(
      'TIME_ZONE_UNKNOWN',
      `The start ${quote(text)} has no time zone. Give the source one: timeZone in sources.yaml, or --time-zone.`,
    );
  }

  let instant = resolveInstant(start, zone, notes);
  const end = readEventEnd(input.endDate, { written: start, instant, zone }, american, notes);
  const wall = instant + zoneOffset(zone, instant);
  const timeKnown = start.time !== null && !end.wholeDays && (end.instant !== null || wall % day !== 0);
  // Of a day whose midnight happens twice, the first is the beginning, however the start was written.
  if (!timeKnown && wall % day === 0) instant = localInstant(zone, wall).epochMilliseconds;
  return {
    ok: true,
    value: {
      startDate: new Date(instant),
      endDate: end.instant === null ? null : new Date(end.instant),
      timeZone: zone,
      allDay: end.wholeDays,
      timeKnown,
      notes,
    },
  };
}

function refuse(reason: EventTimeReason, message: string): EventTimeResult {
  return { ok: false, reason, message };
}

function refuseStart(failure: WrittenDateTimeFailure, text: string): EventTimeResult {
  if (failure === 'AMBIGUOUS') {
    return refuse(
      'START_AMBIGUOUS',
      `The start ${quote(text)} may put the month or the day first. Read a field with the year first, or the name of the month.`,
    );
  }
  if (failure === 'OUT_OF_RANGE') {
    return refuse('START_OUT_OF_RANGE', `The start ${quote(text)} is not in the years 1900 to 2200.`);
  }
  return refuse(
    'START_UNREADABLE',
    `The start ${quote(text)} is not wholly understood as one date. Allowed are ISO 8601 such as 2026-05-09T08:30, and English dates with a year (and the right weekday, if any).`,
  );
}

function unknownZone(zone: string): EventTimeResult {
  return refuse(
    'TIME_ZONE_UNKNOWN',
    `The time zone ${quote(zone)} is not an IANA name. Give one such as America/Chicago: timeZone in sources.yaml, or --time-zone.`,
  );
}

/** Hostile text, made short and printable. */
function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short.toWellFormed());
}
