import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { UndoPlan } from '../audit/undo/index.ts';
import { Run } from '../models/run.ts';
import type { User } from '../models/user.ts';
import { closeRun } from './close-run.ts';
import { refreshFlags } from './flags/refresh-flags.ts';
import { giveVerdict } from './give-verdict.ts';
import { pauseSource } from './pause-source.ts';
import { sourceToPause } from './source-to-pause.ts';
import { queueWebhooks } from './webhooks/queue-webhooks.ts';

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
    await run.update(
      {
        state: 'finished',
        finishedAt: new Date(),
        created: recreated,
        updated: restored,
        deleted: removed,
        skipped: counts.skipped,
      },
      { transaction },
    );
    await closeRun(sequelize, run.id, transaction);
    for (const undone of await undoneRuns(sequelize, run.id, transaction)) {
      await refreshFlags(undone.id, transaction);
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
