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
