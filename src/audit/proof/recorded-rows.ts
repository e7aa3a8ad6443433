import type { Sequelize } from 'sequelize';
import { columnJson } from '../column-json.ts';
import { columnTypes } from '../column-types.ts';
import { objectIdSql } from '../object-id-sql.ts';
import type { Registration } from '../registration.ts';

/** A registered model's table as SQL that reads it in the log's terms. */
export interface RecordedRows {
  readonly from: string;
  /** The row's key as `log_entries.object_id` has it. */
  readonly objectId: string;
  /** Per recorded attribute, its value as jsonb. */
  readonly values: readonly string[];
}

/** @throws Error when the table has no column for an attribute */
export async function recordedRows(sequelize: Sequelize, registration: Registration): Promise<RecordedRows> {
  const { model, primaryKeys, attributes, modelName } = registration;
  const table = quotedTable(model.getTableName());
  const types = await columnTypes(sequelize, table);
  const definitions = model.getAttributes();
  const column = (attribute: string) => {
    const name = definitions[attribute]?.field ?? attribute;
    const type = types.get(name);
    if (type === undefined) throw new Error(`${modelName}.${attribute}: ${table} has no column "${name}".`);
    return { value: `recorded.${quoted(name)}`, type };
  };
  return {
    from: `${table} AS recorded`,
    objectId: objectIdSql(primaryKeys.map(column)),
    values: attributes.map(column).map(({ value, type }) => columnJson(value, type)),
  };
}

function quotedTable(table: string | { tableName: string; schema: string }): string {
  if (typeof table === 'string') return quoted(table);
  return table.schema === '' ? quoted(table.tableName) : `${quoted(table.schema)}.${quoted(table.tableName)}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
