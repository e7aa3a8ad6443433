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
const basic = /^(\d{4})(\d{2})(\d{2})(?!\d)/;
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
  const short = basic.exec(text);
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
