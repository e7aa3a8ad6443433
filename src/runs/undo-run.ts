import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { readUndoPlan, type UndoPlan } from '../audit/undo/index.ts';
import { HotspotsError } from '../errors.ts';
import { User } from '../records/index.ts';
import { refreshFlags } from './flags/raise.ts';
import { endRun } from './lifecycle.ts';
import { Run } from './run.ts';
import { pauseSource, runOfSelection, sourceToPause } from './source-pauses.ts';
import { giveVerdict } from './verdicts.ts';
import { queueWebhooks } from './webhooks.ts';

/**
 * Ends the run of a plan that was carried out. A crawl that was undone as a whole counts as bad, and its source is
 * paused.
 *
 * @returns the source that was paused; null when none was
 */
export function finishUndoRun(
  sequelize: Sequelize,
  run: Run,
  { selection, counts }: UndoPlan,
  person: User,
): Promise<string | null> {
  return sequelize.transaction(async (transaction) => {
    await run.reload({ transaction, lock: transaction.LOCK.UPDATE });
    // Another process that carried out the same plan was faster.
    if (run.state !== 'running') return null;
    const { recreated, restored, removed } = counts;
    const counters = { created: recreated, updated: restored, deleted: removed, skipped: counts.skipped };
    await endRun(sequelize, run.id, { state: 'finished', counters }, transaction);
    for (const undone of await undoneRuns(sequelize, run.id, transaction)) {
      await refreshFlags(undone, transaction);
      if (undone.undone > 0) await queueWebhooks(sequelize, 'run.undone', undone, transaction);
    }
    const paused = await sourceToPause(sequelize, selection, transaction);
    if (run.revertsRunId === null) return paused;
    const why = `Undone by run ${run.id}: ${run.reason}`;
    const reverted = await Run.findByPk(run.revertsRunId, { transaction });
    // One that a killed process has left goes on when it is crawled again.
    if (reverted?.kind === 'crawl' && reverted.state !== 'running' && reverted.verdict === null)
      await giveVerdict(sequelize, { runId: reverted.id }, 'bad', { by: person, note: why }, transaction);
    if (paused !== null) {
      const reason = `Run ${run.revertsRunId} was undone by run ${run.id}: ${run.reason}`;
      await pauseSource(sequelize, paused, { by: person, reason, runId: run.revertsRunId }, transaction);
    }
    return paused;
  });
}

/** The runs of which more, or less, is undone now: those of the entries taken back, and of what these had taken back. */
async function undoneRuns(sequelize: Sequelize, undoRunId: string, transaction: Transaction): Promise<Run[]> {
  const rows = await sequelize.query<{ id: string }>(
    `WITH taken_back AS (
       SELECT jsonb_array_elements_text(extra -> 'undo' -> 'entries')::bigint AS id
       FROM log_entries WHERE run_id = $1
     ),
     before AS (
       SELECT jsonb_array_elements_text(extra -> 'undo' -> 'entries')::bigint AS id
       FROM log_entries WHERE id IN (SELECT id FROM taken_back)
     )
     SELECT DISTINCT run_id AS id FROM log_entries
     WHERE id IN (SELECT id FROM taken_back UNION SELECT id FROM before) AND run_id IS NOT NULL`,
    { bind: [undoRunId], type: QueryTypes.SELECT, transaction },
  );
  return await Run.findAll({ where: { id: rows.map(({ id }) => id) }, order: [['id', 'ASC']], transaction });
}

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

/**
 * The run that carries a plan out: the one that an interrupted process has left, else a new one.
 *
 * @returns the run, and the person as whom it writes: of an interrupted run, the one who began it
 * @throws HotspotsError UNDO_PLAN_DONE when the plan was carried out or replaced
 */
export async function openUndoRun(
  sequelize: Sequelize,
  planId: string,
  { by, reason }: { by: User; reason: string },
): Promise<{ run: Run; person: User }> {
  const { selection, state } = await readUndoPlan(sequelize, planId);
  const requestKey = `undo:${planId}`;
  if (state !== 'replaced') {
    const begun = await Run.findOne({ where: { requestKey, state: 'running' } });
    if (begun !== null) {
      const author = begun.actorId === null ? null : await User.findByPk(begun.actorId);
      return { run: begun, person: author ?? by };
    }
  }
  if (state !== 'planned') {
    throw new HotspotsError(
      'UNDO_PLAN_DONE',
      state === 'replaced'
        ? `Plan ${planId} is out of date: another one took its place. Make a new plan of the same changes.`
        : `Plan ${planId} was carried out already; a plan is carried out once. To undo what is left, make a new plan.`,
    );
  }
  // Of two that begin at once, the unique key of running runs lets one through.
  const run = await Run.create({
    kind: 'undo',
    actorId: by.id,
    actorEmail: by.email,
    requestKey,
    reason,
    revertsRunId: runOfSelection(selection),
    details: { planId },
  });
  return { run, person: by };
}
