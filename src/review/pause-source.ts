import type { Sequelize, Transaction } from 'sequelize';
import type { Actor } from '../audit/index.ts';

/**
 * Keeps a source from being crawled until somebody resumes it. Of a source that is paused already, the newest
 * reason is kept.
 */
export async function pauseSource(
  sequelize: Sequelize,
  sourceName: string,
  { by, reason, runId = null }: { by: Actor; reason: string; runId?: string | null },
  transaction?: Transaction,
): Promise<void> {
  await sequelize.query(
    `INSERT INTO source_pauses (source_name, paused_by_id, paused_by_email, reason, run_id)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (source_name) DO UPDATE SET
       paused_by_id = excluded.paused_by_id, paused_by_email = excluded.paused_by_email,
       paused_at = now(), reason = excluded.reason, run_id = excluded.run_id`,
    { bind: [sourceName, by.id, by.email, reason, runId], ...(transaction && { transaction }) },
  );
}
