import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';

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
