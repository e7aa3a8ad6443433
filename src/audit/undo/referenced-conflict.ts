import type { PointingRow } from './pointing-rows.ts';
import type { UndoConflict } from './undo-plan.ts';

/** Why a created record is kept: what points to it, or will. */
export function referencedConflict(rows: readonly Pick<PointingRow, 'model' | 'table'>[]): UndoConflict {
  const names = [...new Set(rows.map(({ model, table }) => model ?? table))].join(', ');
  const count = rows.length === 1 ? 'a record points' : `${rows.length} records point`;
  return {
    ...{ field: null, reason: 'referenced', actorEmail: null, entryId: null, value: null },
    message: `It is kept: ${count} to it (${names}).`,
  };
}
