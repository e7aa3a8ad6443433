import { type Model, type ModelStatic, QueryTypes, type Sequelize } from 'sequelize';
import { auditlog, sqlName, tableKey } from '../../../audit/index.ts';
import { onlyRow } from '../../../database/only-row.ts';

/** How many rows point to a record by one foreign key. */
export interface PointingRecords {
  readonly table: string;
  /** The registered model of the table and its attribute; null for book-keeping. */
  readonly model: string | null;
  readonly field: string | null;
  readonly count: number;
  /** What a deletion of the record does: it is refused, deletes them too, or empties the pointer. */
  readonly onDelete: 'refuse' | 'delete' | 'empty';
}

interface ForeignKey extends Pick<PointingRecords, 'table' | 'onDelete'> {
  column: string;
}

/** What points to a record, by table and foreign key, also what does not at present. */
export async function pointingRecords(
  sequelize: Sequelize,
  target: ModelStatic<Model>,
  id: string,
): Promise<PointingRecords[]> {
  const keys = await sequelize.query<ForeignKey>(
    `SELECT relname AS table, attname AS column,
            CASE confdeltype WHEN 'c' THEN 'delete' WHEN 'n' THEN 'empty' WHEN 'd' THEN 'empty' ELSE 'refuse' END AS "onDelete"
     FROM pg_constraint
     JOIN pg_class ON pg_class.oid = conrelid
     JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
     WHERE contype = 'f' AND cardinality(conkey) = 1 AND confrelid = to_regclass($1)
     ORDER BY 1, 2`,
    { bind: [sqlName(tableKey(target))], type: QueryTypes.SELECT },
  );
  if (keys.length === 0) return [];
  const counts = keys.map(
    ({ table, column }) =>
      `(SELECT count(*)::int FROM ${sqlName(table)} WHERE ${sqlName(column)} = $1::bigint)`,
  );
  const { numbers } = onlyRow(
    await sequelize.query<{ numbers: number[] }>(`SELECT ARRAY[${counts.join(', ')}] AS numbers`, {
      bind: [id],
      type: QueryTypes.SELECT,
    }),
  );
  return keys.map(({ table, column, onDelete }, index) => {
    const model = auditlog.registrations().find((known) => tableKey(known.model) === table)?.model;
    const attributes = Object.entries(model?.getAttributes() ?? {});
    const field = attributes.find(([name, attribute]) => (attribute.field ?? name) === column)?.[0] ?? null;
    return { table, onDelete, model: model?.name ?? null, field, count: numbers[index] ?? 0 };
  });
}
