export interface WrittenDate {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  /** What follows the date: the time, if there is one. */
  rest: string;
}

export type WrittenDateFailure = 'UNREADABLE' | 'AMBIGUOUS';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthName =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?';
const ordinal = '(\\d{1,2})(?:st|nd|rd|th)?';

const yearFirst = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)/;
const basicDate = /^(\d{4})(\d{2})(\d{2})(?!\d)/;
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/;
const monthFirst = new RegExp(`^${monthName} ${ordinal}(?:, ?| )(\\d{4})(?!\\d)`, 'i');
const dayFirst = new RegExp(`^${ordinal}\\.?(?: |-| of )${monthName}(?:, ?| |-)(\\d{4})(?!\\d)`, 'i');
const weekday =
  /^(sun(?:day)?|mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?)\.?,? /i;
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** "Jul 20 10:00:00 CDT 2023": C's asctime and Unix's date put the year last. */
const asctime = new RegExp(`^(${monthName} +\\d{1,2}) (\\d{2}:\\d{2}:\\d{2}(?: [a-z]{3,4})?) (\\d{4})$`, 'i');

/**
 * Reads the date at the beginning of a text: ISO 8601 (extended and basic), year first or last with "/", "."
 * or "-", and English month names in either order, with or without a weekday. A date that names a weekday it
 * does not fall on is refused, and so are two-digit and missing years: guessing one puts the event in a wrong
 * year.
 *
 * With the year last and both other parts at most 12, the order cannot be seen. It is month first in the
 * United States, day first with dots elsewhere, and refused otherwise.
 *
 * @param text white space already collapsed
 * @param american whether the writer is in the United States
 */
export function readWrittenDate(text: string, american: boolean): WrittenDate | WrittenDateFailure {
  const named = weekday.exec(text);
  let rest = named === null ? text : text.slice(named[0].length);
  const yearAtEnd = asctime.exec(rest);
  if (yearAtEnd !== null) rest = `${yearAtEnd[1]} ${yearAtEnd[4]} ${yearAtEnd[3]}`;
  const date = readNumbers(rest, american) ?? readNames(rest);
  if (date === null) return 'UNREADABLE';
  if (typeof date === 'string') return date;
  const check = new Date(Date.UTC(date.year, date.month - 1, date.day));
  if (check.getUTCMonth() !== date.month - 1 || check.getUTCDate() !== date.day) return 'UNREADABLE';
  const prefix = named?.[1]?.slice(0, 3).toLowerCase();
  if (prefix !== undefined && weekdays[check.getUTCDay()] !== prefix) return 'UNREADABLE';
  return date;
}

function readNumbers(text: string, american: boolean): WrittenDate | 'AMBIGUOUS' | null {
  const first = yearFirst.exec(text);
  if (first !== null) return build(first[1], first[3], first[4], text.slice(first[0].length));
  const short = basicDate.exec(text);
  if (short !== null) return build(short[1], short[2], short[3], text.slice(short[0].length));
  const last = yearLast.exec(text);
  if (last === null) return null;
  const [whole, left, separator, right, year] = last;
  const rest = text.slice(whole.length);
  if (Number(right) > 12) return build(year, left, right, rest);
  if (Number(left) > 12 || left === right) return build(year, right, left, rest);
  if (separator === '.') return american ? 'AMBIGUOUS' : build(year, right, left, rest);
  return american ? build(year, left, right, rest) : 'AMBIGUOUS';
}

function readNames(text: string): WrittenDate | null {
  const american = monthFirst.exec(text);
  if (american !== null) {
    return build(american[3], monthNumber(american[1]), american[2], text.slice(american[0].length));
  }
  const european = dayFirst.exec(text);
  if (european === null) return null;
  return build(european[3], monthNumber(european[2]), european[1], text.slice(european[0].length));
}

function monthNumber(name: string | undefined): number {
  return months.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function build(
  year: string | undefined,
  month: string | number | undefined,
  day: string | undefined,
  rest: string,
): WrittenDate {
  return { year: Number(year), month: Number(month), day: Number(day), rest };
}

export interface WrittenTime {
  /** Milliseconds since the beginning of the day; 86,400,000 for "24:00". */
  milliseconds: number;
  /** Minutes ahead of UTC, if an offset was written. */
  offset: number | null;
}

const clock =
  '(\\d{1,2})(?::(\\d{2})(?::(\\d{2})(?:[.,](\\d{1,9}))?)?)?(?: ?([ap])\\.?m\\.?)?|(?:12 ?)?(noon)';
const offset = '(?:gmt|utc|ut)? ?([+-])(\\d{1,2})(?::?(\\d{2}))?|(z|gmt|utc|ut)|([ecmp])([sd])t';
const time = new RegExp(`^(?:${clock})(?: ?(?:${offset}))?$`, 'i');
/** ISO 8601's basic format, "083000". */
const basicTime = /^(\d{2})(\d{2})(\d{2})?(?![\d:])/;
/** "(Central Daylight Time)", which JavaScript's Date writes after the offset. */
const comment = / \([A-Za-z .-]{1,40}\)$/;
/** RFC 5322, section 4.3: hours of the four North American zones in winter. */
const winterHours: Readonly<Record<string, number>> = { e: -5, c: -6, m: -7, p: -8 };

/**
 * Reads a time of day that takes up the whole text: "08:30", "083000", "8:30:00.000 pm", "9 a.m.", "noon", with
 * an offset ("-05:00", "-0500", "+02", "Z", "GMT-5") or one of the zone names of RFC 5322 ("CDT") behind it.
 *
 * A bare number is no time: "9" alone would be a guess.
 *
 * @param text white space already collapsed, without the separator between date and time
 * @param options.iso whether ISO 8601's own forms are allowed: "08", "0830", "083000"
 * @param options.zoneNames whether EST, CDT … may mean North America (elsewhere CST is China's)
 * @returns null when any part is not understood
 */
export function readWrittenTime(
  text: string,
  options: { iso: boolean; zoneNames: boolean },
): WrittenTime | null {
  let written = text.replace(comment, '');
  if (options.iso) {
    written = written.replace(basicTime, (_, h, m, s) => (s === undefined ? `${h}:${m}` : `${h}:${m}:${s}`));
  }
  const parts = time.exec(written);
  if (parts === null) return null;
  const [, hours, minutes, seconds, fraction, half, noon] = parts;
  const zone = readOffset(parts.slice(7), options.zoneNames);
  if (zone === undefined) return null;
  if (noon !== undefined) return { milliseconds: 12 * 3_600_000, offset: zone };
  if (minutes === undefined && half === undefined && !(options.iso && hours?.length === 2)) return null;
  const hour = hourOfDay(Number(hours), half?.toLowerCase());
  const minute = Number(minutes ?? 0);
  // A leap second has no place in Unix time: the second before it stands in.
  const second = seconds === '60' ? 59 : Number(seconds ?? 0);
  if (hour === null || minute > 59 || second > 59) return null;
  const thousandths = Number(`${fraction ?? ''}000`.slice(0, 3));
  const milliseconds = ((hour * 60 + minute) * 60 + second) * 1_000 + thousandths;
  return milliseconds > 86_400_000 ? null : { milliseconds, offset: zone };
}

function hourOfDay(hour: number, half: string | undefined): number | null {
  if (half === undefined) return hour <= 24 ? hour : null;
  // "13:00 PM" comes out of many templates and can mean one thing only; "13:00 AM" cannot mean anything.
  if (hour > 12) return half === 'p' && hour < 24 ? hour : null;
  return (hour % 12) + (half === 'p' ? 12 : 0);
}

/** @returns minutes; null when no offset was written; undefined when it is not possible or not allowed */
function readOffset(parts: (string | undefined)[], zoneNames: boolean): number | null | undefined {
  const [sign, hours, minutes, utc, zone, season] = parts;
  if (utc !== undefined) return 0;
  if (zone !== undefined) {
    const winter = winterHours[zone.toLowerCase()];
    if (winter === undefined || !zoneNames) return undefined;
    return (winter + (season?.toLowerCase() === 'd' ? 1 : 0)) * 60;
  }
  if (sign === undefined) return null;
  const total = Number(hours) * 60 + Number(minutes ?? 0);
  if (total > 18 * 60 || Number(minutes ?? 0) > 59) return undefined;
  return sign === '-' ? -total : total;
}

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
