import { QueryTypes, type Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';

/** What retention did at one time, as `log_prunes` says. */
export interface Prune {
  readonly id: string;
  readonly prunedAt: Date;
  readonly prunedByEmail: string;
  /** Entries from then on are all there. */
  readonly olderThan: Date;
  /** Up to this id the log has only what explains how things stood then. */
  readonly lastId: string;
  readonly removedCount: string;
  readonly keptCount: string;
  /** The Merkle root over what was kept up to `lastId`; null when that was nothing. */
  readonly keptRoot: Buffer | null;
  /** The columns that the root covers. */
  readonly columns: readonly string[];
}

/** A query for the newest of them: what the earlier ones kept, it has looked at again. */
export const lastPruneSql = `
  SELECT id, pruned_at AS "prunedAt", pruned_by_email AS "prunedByEmail", older_than AS "olderThan",
         last_id AS "lastId", removed_count AS "removedCount", kept_count AS "keptCount", kept_root AS "keptRoot",
         columns
  FROM log_prunes ORDER BY id DESC LIMIT 1`;

/** What retention did last; null when it has never removed anything. */
export async function lastPrune(sequelize: Sequelize): Promise<Prune | null> {
  const [prune] = await sequelize.query<Prune>(lastPruneSql, { type: QueryTypes.SELECT });
  return prune ?? null;
}

/**
 * Makes sure that the log still has all that was before a moment or an entry.
 *
 * @throws HotspotsError HISTORY_PRUNED when retention has removed some of it
 */
export async function refusePruned(
  sequelize: Sequelize,
  moment: Date | { readonly entryId: string },
): Promise<void> {
  const prune = await lastPrune(sequelize);
  if (prune === null) return;
  const isPruned =
    moment instanceof Date ? moment < prune.olderThan : BigInt(moment.entryId) <= BigInt(prune.lastId);
  if (!isPruned) return;
  throw new HotspotsError(
    'HISTORY_PRUNED',
    `What was before ${prune.olderThan.toISOString()} is not known any more: retention has removed those log entries, ` +
      'but for the newest of each field. Ask for a later time.',
  );
}
