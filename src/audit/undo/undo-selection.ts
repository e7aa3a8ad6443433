import { z } from 'zod';
import type { LogEntryFilter } from '../reading/log-entry-filter.ts';
import { logEntryFilterSchema } from '../reading/log-entry-filter-schema.ts';

/** What is to be undone. */
export interface UndoSelection {
  /**
   * All log entries that fit. With `field` only these fields are undone: what the entries created or deleted
   * stays as it is.
   */
  filter?: LogEntryFilter | undefined;
  /** Or these entries. */
  entryIds?: readonly string[] | undefined;
  /** With `entryIds`: only these fields of them. */
  fields?: readonly string[] | undefined;
}

/** Reads a selection, also back from JSON, where moments are text. */
export const undoSelectionSchema: z.ZodType<UndoSelection> = z
  .strictObject({
    filter: z.preprocess(withMoments, logEntryFilterSchema).optional(),
    entryIds: z
      .array(z.string().regex(/^[1-9]\d{0,17}$/))
      .min(1)
      .max(10_000)
      .optional(),
    fields: z.array(z.string().min(1)).min(1).optional(),
  })
  .refine(({ filter, entryIds }) => (filter === undefined) !== (entryIds === undefined), {
    error: 'give either a filter or entry ids',
  });

function withMoments(filter: unknown): unknown {
  if (typeof filter !== 'object' || filter === null) return filter;
  return Object.fromEntries(
    Object.entries(filter).map(([key, value]) => [
      key,
      (key === 'since' || key === 'until') && typeof value === 'string' ? new Date(value) : value,
    ]),
  );
}
