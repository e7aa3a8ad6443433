import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { FieldChanges } from '../changes.ts';
import { entriesOfStep } from './entries-of-step.ts';
import type { UndoStep } from './undo-plan.ts';
import type { UndoneValue } from './undone-value.ts';

interface TakenBack {
  id: string;
  runId: string | null;
  changes: FieldChanges;
}

/** What steps have taken back: each value that an entry wrote. A deletion wrote null. */
export async function undoneValues(
  sequelize: Sequelize,
  steps: readonly UndoStep[],
  transaction: Transaction,
): Promise<UndoneValue[]> {
  const done = steps.filter(({ state }) => state === 'done');
  const ids = new Set(done.flatMap(entriesOfStep));
  const rows = await sequelize.query<TakenBack>(
    'SELECT id, run_id AS "runId", changes FROM log_entries WHERE id = ANY($1::bigint[])',
    { bind: [[...ids]], type: QueryTypes.SELECT, transaction },
  );
  const entries = new Map(rows.map((entry) => [entry.id, entry]));
  return done.flatMap(({ kind, model, objectId, objectLabel, fields }) =>
    fields.flatMap(({ field, was, entryIds }) =>
      entryIds.flatMap((entryId) => {
        const entry = entries.get(entryId);
        const change = entry?.changes[field];
        const value = Array.isArray(change) ? (change[1] ?? null) : null;
        if (entry === undefined) return [];
        return [
          { kind, model, objectId, objectLabel, field, value, restored: was, entryId, runId: entry.runId },
        ];
      }),
    ),
  );
}
