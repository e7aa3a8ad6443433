import type { JsonValue } from '../json-value.ts';

/** In which ways the log and the tables can disagree. */
export const logProblemKinds = {
  'row-without-create': 'The row is there, but no entry says that it was created.',
  'entry-without-row': 'The entries say that the row is there, and it is not.',
  'row-after-delete': 'The last entry says that the row was deleted, and it is there.',
  'value-differs': 'The row holds another value than the last entry says.',
  'chain-broken': "An entry's old value is not the new value of the entry before: changed outside the log.",
} as const;

export type LogProblemKind = keyof typeof logProblemKinds;

/** One place where replaying the log does not give the table. */
export interface LogProblem {
  readonly model: string;
  readonly objectId: string;
  readonly kind: LogProblemKind;
  /** The attribute; null where the whole row is meant. */
  readonly field: string | null;
  /** What the log says so far; null where the whole row is meant. */
  readonly expected: JsonValue;
  /** What the row, or the entry in question, says. */
  readonly actual: JsonValue;
  /** The entry in question: the one that says `expected`, or whose old value does not fit. */
  readonly entryId: string | null;
}
