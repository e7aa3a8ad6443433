import type { UndoStep } from './undo-plan.ts';

/** The entries that a step takes back. One that has no fields to show, of a record without any, names two. */
export function entriesOfStep({
  fields,
  firstEntryId,
  lastEntryId,
}: Pick<UndoStep, 'fields'> & Partial<Pick<UndoStep, 'firstEntryId' | 'lastEntryId'>>): string[] {
  const ids = fields.flatMap(({ entryIds }) => entryIds);
  const ends = [firstEntryId ?? [], lastEntryId ?? []].flat();
  return [...new Set(ids.length > 0 ? ids : ends)];
}
