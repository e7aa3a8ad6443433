import { z } from 'zod';
import { logActions } from '../log-action.ts';
import { actorTypes, entryVerdicts, type LogEntryFilter } from './log-entry-filter.ts';

const maxValues = 100;

/** PostgreSQL refuses the NUL character, and half a surrogate pair is no text. */
const text = (max: number) =>
  z
    .string({ error: 'must be text' })
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'must be plain text');

const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, { error: `must be one of ${words.join(', ')}` });

/** One value, or several: several become a list without repeats, a list of one becomes the one. */
function oneOrMore<Item extends z.ZodType>(item: Item) {
  return z
    .preprocess(
      (value) => (value === undefined || Array.isArray(value) ? value : [value]),
      z
        .array(item)
        .min(1, 'must not be empty')
        .max(maxValues, `must have at most ${maxValues} values`)
        .transform((values) => [...new Set(values)])
        .optional(),
    )
    .transform((values) => (values?.length === 1 ? values[0] : values))
    .optional();
}

const conditions = {
  actor: oneOrMore(text(254).toLowerCase()),
  actorType: oneOrMore(oneOf(actorTypes)),
  model: oneOrMore(text(200)),
  objectId: oneOrMore(text(1000)),
  field: oneOrMore(text(200)),
  action: oneOrMore(oneOf(logActions)),
  run: oneOrMore(text(18).regex(/^[1-9]\d{0,17}$/, 'must be a number such as 12')),
  source: oneOrMore(text(200)),
  correlationId: oneOrMore(text(1000)),
  verdict: oneOrMore(oneOf(entryVerdicts)),
  contains: oneOrMore(text(200)),
};

const moment = z
  .date({ error: 'must be a time' })
  .min(new Date('0001-01-01'), 'must not be so long ago')
  .max(new Date('9999-12-31'), 'must not be so far ahead')
  .optional();

/** Checks a filter, and brings it to its one form: e-mails in small letters, lists without repeats. */
export const logEntryFilterSchema: z.ZodType<LogEntryFilter> = z
  .strictObject({
    ...conditions,
    since: moment,
    until: moment,
    not: z.strictObject(conditions).optional(),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
    error: 'must be after "since"',
    path: ['until'],
  });
