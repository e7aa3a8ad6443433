import type { Sequelize, Transaction } from 'sequelize';

/**
 * Notes which log entries an undo has taken back, and counts them on their runs. What an undo's own entries had
 * taken back is no longer so when they are undone.
 */
export async function noteUndoneEntries(
  sequelize: Sequelize,
  entryIds: readonly string[],
  undoRunId: string,
  transaction: Transaction,
): Promise<void> {
  if (entryIds.length === 0) return;
  await sequelize.query(
    `WITH added AS (
       INSERT INTO undone_entries (entry_id, run_id, undo_run_id)
       SELECT id, run_id, $2::bigint FROM log_entries WHERE id = ANY($1::bigint[])
       ON CONFLICT (entry_id) DO UPDATE SET undo_run_id = excluded.undo_run_id
       RETURNING run_id, (xmax = 0)::int AS change
     ),
     again AS (
       DELETE FROM undone_entries
       USING log_entries entry, jsonb_array_elements_text(entry.extra -> 'undo' -> 'entries') AS taken_back (id)
       WHERE entry.id = ANY($1::bigint[]) AND entry_id = taken_back.id::bigint
       RETURNING undone_entries.run_id, -1 AS change
     ),
     per_run AS (
       SELECT run_id, sum(change)::int AS change
       FROM (SELECT * FROM added UNION ALL SELECT * FROM again) changes
       WHERE run_id IS NOT NULL GROUP BY run_id
     )
     UPDATE runs SET undone = undone + change FROM per_run WHERE runs.id = per_run.run_id`,
    { bind: [[...entryIds], undoRunId], transaction },
  );
}
