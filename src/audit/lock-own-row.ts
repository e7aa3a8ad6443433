import { type Model, type ModelStatic, QueryTypes, type Transaction } from 'sequelize';
import type { Registration, RowValues } from './registration.ts';
import { sequelizeOf } from './sequelize-of.ts';
import { sqlName } from './triggers/sql-name.ts';

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
