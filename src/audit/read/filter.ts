import { z } from 'zod';
import { idPattern } from '../../ids.ts';
import { isStorable } from '../../text.ts';
import { type LogAction, logActions } from '../log-entry.ts';

/** Who is behind an e-mail: `database` is a write that reached a table from outside the program. */
export const actorTypes = ['scraper', 'user', 'system', 'database'] as const;
export type ActorType = (typeof actorTypes)[number];

/** What reviewers think of a change: its own verdict, else that of its run. */
export const entryVerdicts = ['none', 'good', 'bad'] as const;
export type EntryVerdict = (typeof entryVerdicts)[number];

/** One value, or several of which any will do. */
export type OneOrMore<Value> = Value | readonly Value[];

/** Conditions that can also be excluded. */
export interface EntryConditions {
  /** The actor's e-mail. */
  actor?: OneOrMore<string> | undefined;
  actorType?: OneOrMore<ActorType> | undefined;
  model?: OneOrMore<string> | undefined;
  objectId?: OneOrMore<string> | undefined;
  /** An attribute that the entry changed. */
  field?: OneOrMore<string> | undefined;
  action?: OneOrMore<LogAction> | undefined;
  /** A run's id. */
  run?: OneOrMore<string> | undefined;
  /** The name of a source, for its runs. Needs `runsOfSource` of the reading context. */
  source?: OneOrMore<string> | undefined;
  correlationId?: OneOrMore<string> | undefined;
  /** Needs `verdictSql` of the reading context. */
  verdict?: OneOrMore<EntryVerdict> | undefined;
  /**
   * Text within any old or new value, whatever its capitals. No index helps here: it is looked for only in
   * entries that fit the other conditions, and in at most so many of them per page.
   */
  contains?: OneOrMore<string> | undefined;
}

/** Which entries are wanted. All conditions must hold; what is left out does not matter. */
export interface LogEntryFilter extends EntryConditions {
  /** Inclusive. */
  since?: Date | undefined;
  /** Exclusive. */
  until?: Date | undefined;
  /** What an entry must not be: none of these may hold. */
  not?: EntryConditions | undefined;
}

const maxValues = 100;

/** PostgreSQL refuses the NUL character, and half a surrogate pair is no text. */
const text = (max: number) =>
  z
    .string({ error: 'must be text' })
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine(isStorable, 'must be plain text');

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
  run: oneOrMore(text(18).regex(idPattern, 'must be a number such as 12')),
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

/** What the audit layer cannot know by itself and some filters need. */
export interface ReadingContext {
  /** The e-mails that tell automated actors from people, for `actorType`. */
  actorEmails?: { readonly scraper: string; readonly system: string } | undefined;
  /** The ids of a source's runs, the newest first, for `source`. */
  runsOfSource?: ((source: string) => Promise<readonly string[]>) | undefined;
  /**
   * SQL that gives the verdict on an entry, 'good', 'bad' or NULL, for `verdict`. It is given the SQL of the entry's
   * id and run.
   */
  verdictSql?: ((entry: { readonly id: string; readonly runId: string }) => string) | undefined;
}

/** The values of a condition as a list; empty when it was left out. */
export function valuesOf<Value extends string>(condition: OneOrMore<Value> | undefined): readonly Value[] {
  if (condition === undefined) return [];
  return typeof condition === 'string' ? [condition] : condition;
}
