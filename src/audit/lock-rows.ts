import type { Model, ModelStatic, Transaction, WhereOptions } from 'sequelize';
import type { Registration, RowValues } from './registration.ts';

/**
 * Reads rows as they stand in the database and locks them until the transaction ends. Old values come
 * from here and never from an instance's memory, which may be stale, set twice or rolled back.
 *
 * Scopes and `paranoid` are left aside, so that a row hidden by them is still found. Rows are locked in
 * the order of their keys: two writers of the same rows then wait for each other instead of deadlocking.
 * The lock is that of an update: rows that refer to these can still be added by others.
 *
 * @param alsoRead attributes that are needed besides the recorded ones.
 */
export async function lockRows(
  registration: Registration,
  model: ModelStatic<Model>,
  where: WhereOptions,
  transaction: Transaction,
  alsoRead: readonly string[] = [],
): Promise<RowValues[]> {
  const options = {
    where,
    attributes: [...new Set([...registration.primaryKeys, ...registration.attributes, ...alsoRead])],
    order: registration.primaryKeys.map((key) => [key, 'ASC'] satisfies [string, string]),
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
    paranoid: false,
    raw: true as const,
    hooks: false,
  };
  const rows: unknown[] = await model.unscoped().findAll(options);
  return rows.filter(isRow);
}

function isRow(row: unknown): row is RowValues {
  return typeof row === 'object' && row !== null;
}
