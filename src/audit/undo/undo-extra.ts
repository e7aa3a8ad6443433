import type { JsonValue } from '../json-value.ts';

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
  fields: readonly { field: string; entryIds: readonly string[]; author: ValueAuthor | null }[],
): { undo: JsonValue } {
  return {
    undo: {
      planId,
      entries: [...new Set(fields.flatMap(({ entryIds }) => entryIds))],
      authors: Object.fromEntries(
        fields.map(({ field, author }) => [field, author === null ? null : { ...author }]),
      ),
    },
  };
}
