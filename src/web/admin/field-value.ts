import { z } from 'zod';
import { storableText } from '../../normalise/storable-text.ts';
import type { FormField } from './form-field.ts';
import { localMoment } from './local-moment.ts';

/** What a text in a form means, or what is wrong with it. */
export type FieldValue = { readonly value: unknown } | { readonly problem: string };

const largestInteger = 2 ** 31 - 1;
const mostLines = 1000;
/** A line of a list that has no schema of its own. */
const word = z.string().max(500, 'A line may have at most 500 characters.');

/**
 * Reads the text of a form's field into a value for the attribute. What may stand there comes from the attribute's
 * type and from the admin model.
 *
 * @param timeZone the zone in which moments are meant
 */
export function fieldValue(field: FormField, text: string, timeZone: string): FieldValue {
  const plain = storableText(text).trim();
  if (plain === '' && field.kind !== 'list') {
    return field.isNullable ? { value: null } : { problem: 'This is needed.' };
  }
  const result = schemaOf(field, timeZone).safeParse(plain);
  return result.success ? { value: result.data } : { problem: sentence(result.error) };
}

/** The zod schema from a form's text to the attribute's value. */
function schemaOf(field: FormField, timeZone: string): z.ZodType {
  const type = typeSchema(field, timeZone);
  if (field.kind === 'list') return type;
  return field.schema === undefined ? type : type.pipe(field.schema);
}

function typeSchema(field: FormField, timeZone: string): z.ZodType {
  switch (field.kind) {
    case 'text':
      return textSchema(field);
    case 'list':
      return listSchema(field);
    case 'yesOrNo':
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
      return z.string().regex(/^[1-9]\d{0,17}$/, 'This must be the number of a record.');
  }
}

function textSchema({ choices, isLong, maxLength = Number.POSITIVE_INFINITY }: FormField): z.ZodType {
  if (choices !== undefined) return z.enum(choices, `Choose one of ${choices.join(', ')}.`);
  const text = z.string().max(maxLength, `This may have at most ${maxLength} characters.`);
  return isLong === true ? text : text.transform((line) => line.replace(/\s+/g, ' '));
}

function listSchema({ choices, schema = word }: FormField): z.ZodType {
  const element = choices === undefined ? schema : z.enum(choices, `Choose from ${choices.join(', ')}.`);
  return z.preprocess(
    (text) =>
      String(text)
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== ''),
    z.array(element).max(mostLines, `This may have at most ${mostLines} lines.`),
  );
}

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
