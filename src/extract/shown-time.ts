import type { Thing } from './item.ts';

const zeroOffset = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2})?\+00:?00$/;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * Takes the offset off an event's times where the page itself contradicts it. Calendars that were never told
 * their zone write local times as if they were in UTC ("2019-10-01T19:00:00+00:00") and show them as they are
 * ("October 1 @ 7:00 pm"). What remains is a naive local time. Where the site really keeps UTC, nothing is
 * lost: its naive times mean the same.
 *
 * @param html the whole page, as text
 */
export function withoutContradictedOffset(event: Thing, html: string): Thing {
  const { startDate, endDate } = event;
  if (typeof startDate !== 'string' || !isShownAsWritten(startDate, html)) return event;
  return {
    ...event,
    startDate: withoutOffset(startDate),
    ...(typeof endDate === 'string' && { endDate: withoutOffset(endDate) }),
  };
}

function isShownAsWritten(written: string, html: string): boolean {
  const [, , month = '', day = '', hour = '', minute = ''] = zeroOffset.exec(written) ?? [];
  const name = months[Number(month) - 1];
  if (name === undefined) return false;
  const hour12 = Number(hour) % 12 || 12;
  const half = Number(hour) < 12 ? 'a' : 'p';
  const minutes = minute === '00' ? '(?::00)?' : `:${minute}`;
  // The date and the time side by side: a lone "7 pm" elsewhere on the page says nothing of this event.
  const shown = `\\b${name}[a-z]*\\.?\\s+${Number(day)}(?:st|nd|rd|th)?\\b[^\\d<]{0,12}(?:\\d{4}[^\\d<]{0,12})?${hour12}${minutes}\\s*${half}\\.?m\\b`;
  return new RegExp(shown, 'i').test(html);
}

function withoutOffset(written: string): string {
  return zeroOffset.test(written) ? written.replace(/\+00:?00$/, '') : written;
}

const localDateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;
const clockTime = /\b(1[0-2]|0?[1-9])(?::([0-5]\d))?\s*([ap])\.?\s?m\b/gi;

/**
 * Settles a date and time that says one thing to machines and another to readers. Some sites write the time
 * in UTC without saying so ("2023-12-14T14:30") beside the local time ("9:30 AM"). When the shown text has
 * clock times, none is the written one, and the first differs by whole hours, the shown one stands: it is
 * what people come by.
 *
 * @param written the attribute's value
 * @param shown the text that is seen in its place
 * @returns `written`, or the same moment by the shown clock ("2023-12-14T09:30")
 */
export function shownTime(written: string, shown: string): string {
  if (shown === '' || !localDateTime.test(written) || /\bdoors?\b/i.test(shown)) return written;
  const wall = plainDateTime(written);
  const times = [...shown.matchAll(clockTime)].map(minutesOfDay);
  const [first] = times;
  if (wall === null || first === undefined) return written;
  const minutes = wall.hour * 60 + wall.minute;
  if (times.includes(minutes)) return written;
  const difference = ((first - minutes + 36 * 60) % (24 * 60)) - 12 * 60;
  if (difference % 60 !== 0) return written;
  return wall.add({ minutes: difference }).toString({ smallestUnit: 'minute' });
}

function minutesOfDay([, hour = '', minute = '0', half = '']: RegExpMatchArray): number {
  const afternoon = half.toLowerCase() === 'p' ? 12 : 0;
  return ((Number(hour) % 12) + afternoon) * 60 + Number(minute);
}

function plainDateTime(text: string): Temporal.PlainDateTime | null {
  try {
    return Temporal.PlainDateTime.from(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
