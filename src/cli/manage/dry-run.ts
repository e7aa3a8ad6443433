import type { Sequelize, Transaction } from 'sequelize';
import { LogEntry, logActions } from '../../audit/index.ts';
import type { LogEntryRow } from '../../audit/read/index.ts';

/** A log entry that a dry run has taken back. */
export type PlannedEntry = Pick<
  LogEntryRow,
  'action' | 'model' | 'objectId' | 'objectLabel' | 'actorEmail' | 'changes' | 'extra'
>;

/**
 * Runs the work of one batch in a transaction that is rolled back.
 *
 * @param correlationId of all entries that the work writes
 * @param onEntries is given the entries, before they are gone
 */
export async function rolledBack<Result>(
  sequelize: Sequelize,
  correlationId: string,
  work: (transaction: Transaction) => Promise<Result>,
  onEntries: (entries: PlannedEntry[]) => Promise<void>,
): Promise<Result> {
  const transaction = await sequelize.transaction();
  try {
    const result = await work(transaction);
    await onEntries(await entriesOf(correlationId, transaction));
    return result;
  } finally {
    await transaction.rollback();
  }
}

async function entriesOf(correlationId: string, transaction: Transaction): Promise<PlannedEntry[]> {
  const entries = await LogEntry.findAll({ where: { correlationId }, order: [['id', 'ASC']], transaction });
  return entries.map(({ action, model, objectId, objectLabel, actorEmail, changes, extra }) => ({
    ...{ action: logActions[action] ?? 'access', model, objectId, objectLabel, actorEmail, changes, extra },
  }));
}

/**
 * Checks that a dry run has left nothing behind.
 *
 * @throws Error when the command has written outside the transactions it was given
 */
export async function checkNothingWritten(command: string, correlationId: string): Promise<void> {
  const written = await LogEntry.count({ where: { correlationId } });
  if (written === 0) return;
  throw new Error(
    `The dry run of ${command} has written ${written} changes: it writes without the transaction of its batch. ` +
      `Take them back: npm run undo -- --correlation-id=${correlationId}`,
  );
}
