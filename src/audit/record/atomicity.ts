import { type Sequelize, type Transaction, UniqueConstraintError } from 'sequelize';
import { ambientTransaction } from '../../database/sequelize-internals.ts';
import { type AuditOptions, WriteProgress } from './write-options.ts';

/**
 * Runs `fn` in the transaction that the caller gave, else in the one that Sequelize's CLS holds, else in
 * one of its own: a write and its log entry must be committed together.
 */
export function inTransaction<Result>(
  sequelize: Sequelize,
  given: Transaction | null | undefined,
  fn: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  // Opening a second transaction beside the ambient one would write on another connection, and may deadlock.
  const transaction = given ?? ambientTransaction();
  return transaction ? fn(transaction) : sequelize.transaction(fn);
}

interface StatementOptions {
  /** Set where hooks record the statement. */
  auditTable?: string;
  audit?: AuditOptions;
}

const watched = new WeakSet<Sequelize>();

/** From here on every statement that hooks record is noted in its call's progress when it is sent. */
export function watchStatements(sequelize: Sequelize): void {
  if (watched.has(sequelize)) return;
  watched.add(sequelize);
  sequelize.addHook('beforeQuery', 'auditlog:progress', (options: object) => {
    const { auditTable, audit }: StatementOptions = options;
    if (auditTable !== undefined) audit?.progress?.sent();
  });
}

/**
 * Runs a call that writes. When it fails between a statement and its entry (a hook before ours rejects, the actor
 * cannot be found out), the transaction is made to fail in the database too: a caller that continues after the
 * error could otherwise commit the data without the entry. A savepoint of the caller's is still his way out.
 */
export async function recordOrAbort<Result>(
  sequelize: Sequelize,
  transaction: Transaction,
  audit: AuditOptions | undefined,
  call: (audit: AuditOptions) => Promise<Result>,
): Promise<Result> {
  const progress = new WriteProgress();
  try {
    return await call({ ...audit, progress });
  } catch (error) {
    if (progress.isBehind && !isCaughtInDatabase(error)) await abortTransaction(sequelize, transaction);
    throw error;
  }
}

/** `findOrCreate` inserts in a function that catches the violation: nothing was written, and it looks again. */
function isCaughtInDatabase(error: unknown): boolean {
  return error instanceof UniqueConstraintError && !(error.parent instanceof Error);
}

/** Makes the transaction, or the savepoint it is in, one that can only be rolled back. */
export async function abortTransaction(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  // A SELECT that calls no function is sent without asking for the actor, who may be what is missing.
  await Promise.allSettled([
    sequelize.query('SELECT 1 / 0 AS "a log entry could not be written"', { transaction }),
  ]);
}
