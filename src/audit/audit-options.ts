import type { Actor } from './actor-context.ts';
import type { JsonValue } from './json-value.ts';
import type { LockedRows } from './locked-rows.ts';
import type { ReturnedRows } from './returned-rows.ts';
import type { WriteProgress } from './write-progress.ts';

/**
 * What one row's entry carries instead of its context's values: for batches whose rows come from
 * different pages or people.
 */
export interface EntryDetails {
  actor?: Actor;
  sourceUrl?: string | null;
  /** Added to the context's. */
  extra?: Readonly<Record<string, JsonValue>>;
}

/** Passed to Sequelize calls as `options.audit`. Sequelize hands unknown options on to the hooks. */
export interface AuditOptions {
  /** For `bulkCreate`: the details of each row, in the order of the rows. */
  rows?: readonly EntryDetails[] | undefined;
  /** Set by the audit layer itself, for `bulkCreate` with `updateOnDuplicate`. */
  lockedRows?: LockedRows;
  /** Set by the audit layer itself: the database records this statement, the hooks leave it alone. */
  byTrigger?: boolean;
  /** Set by the audit layer itself. */
  progress?: WriteProgress;
  /** Set by the audit layer itself, for `bulkCreate`. */
  returned?: ReturnedRows;
}

declare module 'sequelize' {
  interface BulkCreateOptions {
    audit?: AuditOptions;
  }
}
