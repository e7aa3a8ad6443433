import { readWrittenDateTime, readWrittenTime, type WrittenDateTime } from './written-dates.ts';
import { localInstant, resolveInstant, zoneOffset } from './zones.ts';

export interface EventEnd {
  /** Epoch milliseconds; of whole days: the first moment of the last day, which belongs to the event. */
  instant: number | null;
  /** Start and end name days, not times. */
  wholeDays: boolean;
}

export interface EventStart {
  written: WrittenDateTime;
  /** Epoch milliseconds. */
  instant: number;
  /** The IANA name in which start and end are local. */
  zone: string;
}

const hour = 3_600_000;
const day = 24 * hour;
const lastMinute = day - 60_000;
/** An event that seems to end before it starts ran past midnight only if it then lasts no longer than this. */
const longestNight = 12 * hour;
const nothing: EventEnd = { instant: null, wholeDays: false };

/**
 * The end of an event from its text, seen together with the start.
 *
 * - Dates on both sides, or midnight to midnight or 23:59, are whole days. Midnight of the very next day ends
 *   a one-day event (exclusive); over several days the named day counts, because sites that write dates as
 *   midnights mean it so.
 * - A time alone is on the day of the start. An end before the start on the same day, at most twelve hours
 *   into the next, forgot that it is past midnight. Any other end before the start is left out.
 * - An end that cannot be read is left out: the start alone is still worth keeping.
 *
 * @param text null or empty when the page gives no end
 * @param american see `readWrittenDateTime`
 * @param notes receives a sentence for everything that was not plain
 */
export function readEventEnd(
  text: string | null,
  start: EventStart,
  american: { dates: boolean; zoneNames: boolean },
  notes: string[],
): EventEnd {
  if (text === null || text.trim() === '') return nothing;
  const startWall = wallTime(start.instant, start.zone);
  const startDay = startWall - timeOfDay(startWall);
  const startsAtMidnight = start.written.time === null || startWall === startDay;
  const written = readWrittenEnd(text, startDay, american, notes);
  if (written === null) return nothing;

  if (written.time === null) {
    if (written.day < startDay) return leaveOut(notes);
    if (startsAtMidnight) return wholeDaysUntil(written.day, start.zone);
    if (written.day === startDay) return nothing;
    notes.push('The end is a day without a time; the beginning of that day is stored.');
    return { instant: resolveInstant(written, start.zone, notes), wholeDays: false };
  }

  const instant = resolveInstant(written, start.zone, notes);
  const endWall = wallTime(instant, start.zone);
  const endDay = endWall - timeOfDay(endWall);
  if (startsAtMidnight && endDay >= startDay) {
    if (timeOfDay(endWall) >= lastMinute) return wholeDaysUntil(endDay, start.zone);
    if (endWall === endDay) return wholeDaysUntil(endDay === startDay + day ? startDay : endDay, start.zone);
  }
  if (instant >= start.instant) return { instant, wholeDays: false };

  const nextDay = resolveInstant({ ...written, day: written.day + day }, start.zone, []);
  if (endDay !== startDay || nextDay < start.instant || nextDay - start.instant > longestNight)
    return leaveOut(notes);
  notes.push('The end was before the start on the same day; it is taken to be past midnight.');
  return { instant: nextDay, wholeDays: false };
}

function readWrittenEnd(
  text: string,
  startDay: number,
  american: { dates: boolean; zoneNames: boolean },
  notes: string[],
): WrittenDateTime | null {
  const written = readWrittenDateTime(text, american);
  if (typeof written !== 'string') return written;
  const time =
    text.length > 50
      ? null
      : readWrittenTime(text.trim().replace(/\s+/g, ' '), { iso: false, zoneNames: american.zoneNames });
  if (time === null) {
    notes.push('The end could not be understood as a whole and was left out.');
    return null;
  }
  notes.push('The end is a time without a day; the day of the start was taken.');
  return { day: startDay, time: time.milliseconds, offset: time.offset, zone: null };
}

function leaveOut(notes: string[]): EventEnd {
  notes.push('The end is before the start and was left out.');
  return nothing;
}

function wholeDaysUntil(lastDay: number, zone: string): EventEnd {
  return { instant: localInstant(zone, lastDay).epochMilliseconds, wholeDays: true };
}

function wallTime(instant: number, zone: string): number {
  return instant + zoneOffset(zone, instant);
}

function timeOfDay(wall: number): number {
  return ((wall % day) + day) % day;
}
