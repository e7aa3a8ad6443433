import type { Sequelize, Transaction } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { columnJson } from '../column-json.ts';
import { columnTypes } from '../column-types.ts';
import { objectIdSql } from '../object-id-sql.ts';
import type { Registration } from '../registration.ts';
import { sqlName } from '../triggers/sql-name.ts';

/** A registered model's table as SQL that reads it in the log's terms. */
export interface RecordedRows {
  readonly from: string;
  /** The row's key as `log_entries.object_id` has it. */
  readonly objectId: string;
  /** Per recorded attribute, its value as jsonb. */
  readonly values: readonly string[];
}

/** @throws HotspotsError AUDIT_OPTION_INVALID when the table has no column for an attribute. */
export async function recordedRows(
  sequelize: Sequelize,
  registration: Registration,
  transaction?: Transaction,
): Promise<RecordedRows> {
  const { model, primaryKeys, attributes, modelName } = registration;
  const table = qualifiedName(model.getTableName());
  const types = await columnTypes(sequelize, table, transaction);
  const definitions = model.getAttributes();
  const column = (attribute: string) => {
    const name = definitions[attribute]?.field ?? attribute;
    const type = types.get(name);
    if (type === undefined) {
      throw new HotspotsError(
        'AUDIT_OPTION_INVALID',
        `The table ${table} has no column "${name}", which ${modelName}.${attribute} is kept in. ` +
          'Bring the tables up to date, or correct the model.',
      );
    }
    return { value: `recorded.${sqlName(name)}`, type };
  };
  return {
    from: `${table} AS recorded`,
    objectId: objectIdSql(primaryKeys.map(column)),
    values: attributes.map(column).map(({ value, type }) => columnJson(value, type)),
  };
}

function qualifiedName(table: string | { tableName: string; schema: string }): string {
  if (typeof table === 'string') return sqlName(table);
  return table.schema === '' ? sqlName(table.tableName) : sqlName(table.schema, table.tableName);
}
