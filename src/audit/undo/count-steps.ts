import { entriesOfStep } from './entries-of-step.ts';
import type { UndoCounts, UndoStep } from './undo-plan.ts';

/** What steps come to. A step that was skipped when its turn came counts with its conflicts only. */
export function countSteps(
  steps: Iterable<
    Pick<UndoStep, 'kind' | 'fields' | 'conflicts' | 'alreadyUndone'> &
      Partial<Pick<UndoStep, 'state' | 'firstEntryId' | 'lastEntryId'>>
  >,
): UndoCounts {
  const counts = { entries: 0, records: 0, restored: 0, fields: 0, recreated: 0, removed: 0 };
  const left = { already: 0, skipped: 0 };
  const conflictsByActor: Record<string, number> = {};
  for (const { kind, state, fields, conflicts, alreadyUndone, ...ends } of steps) {
    counts.records += 1;
    if (kind !== 'none' && state !== 'skipped') {
      counts.entries += entriesOfStep({ fields, ...ends }).length;
      if (kind === 'restore') counts.restored += 1;
      if (kind === 'restore') counts.fields += fields.length;
      if (kind === 'recreate') counts.recreated += 1;
      if (kind === 'remove') counts.removed += 1;
    } else if (conflicts.length === 0 && alreadyUndone.length > 0) left.already += 1;
    if (conflicts.length > 0) left.skipped += 1;
    for (const actor of new Set(conflicts.map(({ actorEmail }) => actorEmail ?? '')))
      conflictsByActor[actor] = (conflictsByActor[actor] ?? 0) + 1;
  }
  return { ...counts, ...left, conflictsByActor };
}
