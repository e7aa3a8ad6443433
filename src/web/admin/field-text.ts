import { createHash } from 'node:crypto';
import type { FormField } from './form-field.ts';

/**
 * A value as the form's field holds it: what a person can change and send back.
 *
 * @param timeZone the IANA zone in which moments are written
 */
export function fieldText({ kind }: Pick<FormField, 'kind'>, value: unknown, timeZone: string): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && kind === 'list') return value.map(String).join('\n');
  if (value instanceof Date && !Number.isNaN(value.getTime())) return wallTime(value, timeZone);
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return kind === 'timeOfDay' ? String(value).replace(/:00$/, '') : String(value);
}

/** As "2027-03-01T18:00", with seconds where there are some. */
function wallTime(date: Date, timeZone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(date.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime();
  const precise = time.second !== 0 || time.millisecond !== 0;
  return precise
    ? time.toString({ fractionalSecondDigits: time.millisecond === 0 ? 0 : 3 })
    : time.toString({ smallestUnit: 'minute' });
}

/**
 * Tells a text that was sent from the one that was shown, whatever a browser makes of ends of lines, and of line breaks
 * in a field that cannot hold them.
 */
export function textMark({ kind, isLong }: Pick<FormField, 'kind' | 'isLong'>, text: string): string {
  const keepsLines = isLong === true || kind === 'list' || kind === 'json';
  const same = keepsLines ? text.replaceAll('\r\n', '\n') : text.replaceAll(/\s+/g, ' ');
  return createHash('sha256').update(same.trim()).digest('base64url').slice(0, 12);
}
