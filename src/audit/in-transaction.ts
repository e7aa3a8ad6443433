import { Sequelize, type Transaction } from 'sequelize';

/**
 * Runs `fn` in the transaction that the caller gave, else in the one that Sequelize's CLS holds, else in
 * one of its own: a write and its log entry must be committed together.
 */
export function inTransaction<Result>(
  sequelize: Sequelize,
  given: Transaction | null | undefined,
  fn: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const transaction = given ?? ambientTransaction();
  return transaction ? fn(transaction) : sequelize.transaction(fn);
}

/** Opening a second transaction beside the one in CLS would write on another connection, and may deadlock. */
function ambientTransaction(): Transaction | undefined {
  const cls: unknown = Reflect.get(Sequelize, '_cls');
  return isNamespace(cls) ? cls.get('transaction') : undefined;
}

function isNamespace(value: unknown): value is { get(key: 'transaction'): Transaction | undefined } {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}
