import { readWrittenDate } from './read-written-date.ts';
import { readWrittenTime } from './read-written-time.ts';

export interface WrittenDateTime {
  /** Midnight of the written day, as if it were UTC (epoch milliseconds). */
  day: number;
  /** Milliseconds since the beginning of the day; null when only a date was written. */
  time: number | null;
  /** Minutes ahead of UTC; null when none was written. */
  offset: number | null;
  /** The name between brackets (RFC 9557), not checked; null when none was written. */
  zone: string | null;
}

export type WrittenDateTimeFailure = 'UNREADABLE' | 'AMBIGUOUS' | 'OUT_OF_RANGE';

const maxLength = 100;
const earliest = Date.UTC(1900, 0, 1);
const latest = Date.UTC(2201, 0, 1);

/** RFC 9557: "[America/Chicago]", "[!America/Chicago]", and the one calendar that changes nothing. */
const suffix = /^([^[\]]+)(?:\[!?([^[\]=]{1,64})\])?(?:\[!?u-ca=(?:iso8601|gregory)\])?$/;
/** Between date and time. */
const separator = /^(?:T|,? at |,? @ ?| - |, ?| )(?=[\dn])/i;

/**
 * Understands a date, with or without a time, from its whole text, or refuses it: what is understood only in
 * part ("March 22,2017" cut short, a range, a date with a remark) would give a wrong date.
 *
 * Read are ISO 8601 (extended, basic, and with common slips: one-digit hours, a space for the T, offsets
 * "-5:00" and "-0500"), RFC 9557, RFC 5322, JavaScript's and C's own output, "7/20/2023 10:00:00 AM",
 * "20.7.2023 10:00", and English month names.
 *
 * @param american what may be read as in North America: the order of dates (see `readWrittenDate`), and
 *   zone names (see `readWrittenTime`)
 */
export function readWrittenDateTime(
  value: string,
  american: { dates: boolean; zoneNames: boolean },
): WrittenDateTime | WrittenDateTimeFailure {
  if (value.length > maxLength) return 'UNREADABLE';
  const parts = suffix.exec(value.trim());
  if (parts?.[1] === undefined) return 'UNREADABLE';
  const text = parts[1].replace(/\s+/g, ' ').replaceAll('\u2212', '-').trim();
  const date = readWrittenDate(text, american.dates);
  if (typeof date === 'string') return date;
  const day = Date.UTC(date.year, date.month - 1, date.day);
  if (day < earliest || day >= latest) return 'OUT_OF_RANGE';
  const zone = parts[2] ?? null;
  if (date.rest === '') return { day, time: null, offset: null, zone };
  const between = separator.exec(date.rest);
  if (between === null) return 'UNREADABLE';
  const time = readWrittenTime(date.rest.slice(between[0].length), {
    iso: between[0] === 'T',
    zoneNames: american.zoneNames,
  });
  return time === null ? 'UNREADABLE' : { day, time: time.milliseconds, offset: time.offset, zone };
}
