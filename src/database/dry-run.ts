import type { Sequelize, Transaction } from 'sequelize';

/**
 * Runs `work` and rolls back what it has written. What the caller's transaction writes besides stays.
 *
 * @param work writes with the transaction that it is given, a savepoint of `outer`
 * @returns what `work` gives
 */
export async function inDryRun<Result>(
  sequelize: Sequelize,
  outer: Transaction,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const savepoint = await sequelize.transaction({ transaction: outer });
  try {
    return await work(savepoint);
  } finally {
    await savepoint.rollback();
  }
}
