import { createHash } from 'node:crypto';
import type { Model } from 'sequelize';
import { z } from 'zod';
import { printableText } from '../../../normalise/text.ts';
import { normaliseTimeZone } from '../../../normalise/zones.ts';
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
  if (value instanceof Date && !Number.isNaN(value.getTime())) return wallTimeText(value, timeZone);
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return kind === 'timeOfDay' ? String(value).replace(/:00$/, '') : String(value);
}

/** As "2027-03-01T18:00", with seconds where there are some. */
function wallTimeText(date: Date, timeZone: string): string {
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

/** A moment that a wall time means in a zone, or why it means none. */
export type LocalMoment =
  | { readonly date: Date; readonly problem: null }
  | { readonly date: null; readonly problem: string };

/**
 * Reads a wall time as `<input type="datetime-local">` sends it, "2027-03-01T18:00", with or without seconds. Of a time
 * that clocks showed twice the first is taken.
 *
 * @param timeZone the IANA zone in which it is meant
 */
export function localMoment(text: string, timeZone: string): LocalMoment {
  const wall = parseWallTime(text);
  if (wall === null) return problem('This must be a day and a time, as 2027-03-01T18:00.');
  const moment = wall.toZonedDateTime(timeZone);
  if (!moment.toPlainDateTime().equals(wall)) {
    return problem(`Clocks in ${timeZone} jumped over that time. Give one before or after it.`);
  }
  return { date: new Date(moment.epochMilliseconds), problem: null };
}

/** Null for what is no day or time, such as 30 February. */
function parseWallTime(text: string): Temporal.PlainDateTime | null {
  if (!/^[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(text)) return null;
  try {
    return Temporal.PlainDateTime.from(text, { overflow: 'reject' });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function problem(text: string): LocalMoment {
  return { date: null, problem: text };
}

/** What a text in a form means, or what is wrong with it. */
export type FieldValue = { readonly value: unknown } | { readonly problem: string };

const largestInteger = 2 ** 31 - 1;

/**
 * Reads the text of a form's field into a value for the attribute. What may stand there comes from the definition of the
 * field.
 *
 * @param timeZone the zone in which moments are meant
 */
export function fieldValue(field: FormField, text: string, timeZone: string): FieldValue {
  const plain = printableText(text).trim();
  if (plain === '' && field.kind !== 'list') {
    return field.isNullable ? { value: null } : { problem: 'This is needed.' };
  }
  const result = schemaOf(field, timeZone).safeParse(plain);
  return result.success ? { value: result.data } : { problem: sentence(result.error) };
}

/** The zod schema from a form's text to the attribute's value. */
function schemaOf(field: FormField, timeZone: string): z.ZodType {
  const type = typeSchema(field, timeZone);
  return field.schema === undefined ? type : type.pipe(field.schema);
}

function typeSchema(field: FormField, timeZone: string): z.ZodType {
  switch (field.kind) {
    case 'text':
      return field.isLong === true ? z.string() : z.string().transform((line) => line.replace(/\s+/g, ' '));
    case 'list':
      return lines;
    case 'flag':
      return z.enum(['yes', 'no'], 'Choose yes or no.').transform((text) => text === 'yes');
    case 'integer':
      return z
        .string()
        .regex(/^[+-]?\d{1,15}$/, 'This must be a whole number.')
        .transform(Number)
        .pipe(z.number().min(-largestInteger).max(largestInteger));
    case 'number':
      return z
        .string()
        .regex(/^[+-]?\d{1,15}(?:\.\d{1,17})?$/, 'This must be a number, as 41.8781.')
        .transform(Number);
    case 'decimal': {
      const [before, after] = field.digits;
      const pattern = new RegExp(`^-?\\d{1,${before}}(?:\\.\\d{1,${after}})?$`);
      return z
        .string()
        .regex(
          pattern,
          `This must be a number with at most ${before} digits before the point and ${after} after it.`,
        );
    }
    case 'timeOfDay':
      return z
        .string()
        .regex(/^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/, 'This must be a time of day, as 18:00.')
        .transform((text) => (text.length === 5 ? `${text}:00` : text));
    case 'moment':
      return z.string().transform((text, context) => {
        const { date, problem } = localMoment(text, timeZone);
        if (date !== null) return date;
        context.addIssue(problem);
        return z.NEVER;
      });
    case 'json':
      return jsonSchema;
    case 'reference':
      return z.string();
  }
}

/** What stands on each line; empty ones say nothing. */
const lines = z.string().transform((text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== ''),
);

const jsonSchema = z.string().transform((text, context): unknown => {
  try {
    const value: unknown = JSON.parse(text);
    // jsonb holds no NUL character.
    if (!/\\u0000/i.test(text)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  context.addIssue('This must be JSON, as {"ratingValue": 4.5}.');
  return z.NEVER;
});

function sentence({ issues }: z.ZodError): string {
  const texts = issues.map(({ message, path: [place] }) => {
    const text = message.endsWith('.') ? message : `${message}.`;
    if (place === undefined) return text;
    return typeof place === 'number' ? `Line ${place + 1}: ${text}` : `${String(place)}: ${text}`;
  });
  return [...new Set(texts)].slice(0, 5).join(' ');
}

/** The IANA zone in which a record's own times are meant; UTC for one that has none. */
export function recordZone(record: Model | null): string {
  if (record === null || !('timeZone' in record)) return 'UTC';
  const { timeZone } = record;
  return (typeof timeZone === 'string' ? normaliseTimeZone(timeZone) : null) ?? 'UTC';
}
