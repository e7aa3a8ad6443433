import type { JsonValue } from '../json-value.ts';
import { entriesOfStep } from './entries-of-step.ts';
import type { UndoStep } from './undo-plan.ts';

/** Who wrote a value that an undo brings back, and in which entry. */
export interface ValueAuthor {
  readonly actorEmail: string;
  readonly entryId: string;
}

/** By field; null for a value that nobody wrote. */
export type FieldAuthors = Readonly<Record<string, ValueAuthor | null>>;

/** What each entry of an undo carries as `extra`: the plan, the entries it takes back, whose values return. */
export function undoExtra(
  planId: string,
  step: Pick<UndoStep, 'fields'> & Partial<Pick<UndoStep, 'firstEntryId' | 'lastEntryId'>>,
): { undo: JsonValue } {
  return {
    undo: {
      planId,
      entries: entriesOfStep(step),
      authors: Object.fromEntries(
        step.fields.map(({ field, author }) => [field, author === null ? null : { ...author }]),
      ),
    },
  };
}
