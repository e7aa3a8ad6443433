import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { objectIdSql, sqlName } from './model-keys.ts';
import type { Registration } from './registration.ts';
import { columnJson } from './values.ts';

/**
 * The types of a table's columns by column name, in the table's order, as `pg_type.typname` has them: `int8`,
 * `_text` for `text[]`. A domain is resolved to its base type.
 *
 * @param table the table as SQL names it, quoted where needed: `"archive"."places"`
 */
export async function columnTypes(
  sequelize: Sequelize,
  table: string,
  transaction?: Transaction,
): Promise<ReadonlyMap<string, string>> {
  const rows = await sequelize.query<{ column: string; type: string }>(
    `WITH RECURSIVE resolved AS (
       SELECT attname, attnum, atttypid AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
       UNION ALL
       SELECT attname, attnum, typbasetype FROM resolved JOIN pg_type ON oid = type WHERE typtype = 'd'
     )
     SELECT attname AS column, typname AS type
     FROM resolved JOIN pg_type ON oid = type WHERE typtype <> 'd' ORDER BY attnum`,
    { bind: [table], type: QueryTypes.SELECT, ...(transaction && { transaction }) },
  );
  return new Map(rows.map(({ column, type }) => [column, type]));
}

/** The column that an attribute of a registered model is stored in. */
export interface RecordedColumn {
  readonly attribute: string;
  readonly column: string;
  /** As `columnTypes` gives it. */
  readonly type: string;
}

/**
 * @param columns types by column name
 * @param table the table's name, for the message
 * @throws HotspotsError AUDIT_OPTION_INVALID when the table has no column for the attribute.
 */
export function recordedColumn(
  { model, modelName }: Registration,
  columns: ReadonlyMap<string, string>,
  table: string,
  attribute: string,
): RecordedColumn {
  const column = model.getAttributes()[attribute]?.field ?? attribute;
  const type = columns.get(column);
  if (type !== undefined) return { attribute, column, type };
  throw new HotspotsError(
    'AUDIT_OPTION_INVALID',
    `The table ${table} has no column "${column}", which ${modelName}.${attribute} is stored in. ` +
      'Bring the tables up to date, or correct the model.',
  );
}

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
  const { model, primaryKeys, attributes } = registration;
  const table = qualifiedName(model.getTableName());
  const types = await columnTypes(sequelize, table, transaction);
  const column = (attribute: string) => {
    const { column: name, type } = recordedColumn(registration, types, table, attribute);
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
