import { type Model, type ModelStatic, QueryTypes, type Transaction, type WhereOptions } from 'sequelize';
import { sequelizeOf, sqlName } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import type { RowValues } from '../values.ts';

/**
 * The row that an instance is saved to, as it stands in the database, locked until the transaction ends; as
 * `lockRows` gives it. Every save reads one, so its statement is made once per model.
 */
export async function lockOwnRow(
  registration: Registration,
  model: ModelStatic<Model>,
  instance: Model,
  transaction: Transaction,
): Promise<RowValues | undefined> {
  const [row] = await sequelizeOf(model).query<Record<string, unknown>>(statementFor(registration, model), {
    bind: registration.primaryKeys.map((key) => instance.getDataValue(key)),
    type: QueryTypes.SELECT,
    transaction,
  });
  return row;
}

const statements = new WeakMap<ModelStatic<Model>, string>();

function statementFor({ primaryKeys, attributes }: Registration, model: ModelStatic<Model>): string {
  const made = statements.get(model);
  if (made !== undefined) return made;
  const table = model.getTableName();
  const from =
    typeof table === 'string'
      ? sqlName(table)
      : sqlName(...(table.schema ? [table.schema] : []), table.tableName);
  const fields = model.getAttributes();
  const column = (name: string) => sqlName(fields[name]?.field ?? name);
  const selected = [...new Set([...primaryKeys, ...attributes])]
    .map((name) => `${column(name)} AS ${sqlName(name)}`)
    .join(', ');
  const condition = primaryKeys.map((name, index) => `${column(name)} = $${index + 1}`).join(' AND ');
  const statement = `SELECT ${selected} FROM ${from} WHERE ${condition} FOR NO KEY UPDATE`;
  statements.set(model, statement);
  return statement;
}

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
