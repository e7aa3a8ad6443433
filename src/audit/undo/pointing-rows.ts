import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { recordedRows } from '../proof/recorded-rows.ts';
import type { Registration } from '../registration.ts';
import { tableKey } from '../table-key.ts';
import { sqlName } from '../triggers/sql-name.ts';
import { type Relation, relationsOf } from './relation.ts';

/** A row that points to a record by a foreign key. */
export interface PointingRow {
  /** The object id of the record that is pointed to. */
  readonly target: string;
  readonly table: string;
  /** The pointing row, and its attribute; null for a table without a registered model. */
  readonly model: string | null;
  readonly objectId: string | null;
  readonly field: string | null;
  /** Where the row attaches records to each other: whose relation it is, and who is attached. */
  readonly link: { readonly alias: string; readonly relatedId: string } | null;
}

interface ForeignKey {
  table: string;
  /** As SQL takes it. */
  quotedTable: string;
  column: string;
  type: string;
}

/** So many of a table's rows are looked at: more than a plan can take back at once. */
const mostRows = 100_000;

/**
 * The rows of any table that point to these records by a foreign key to their primary key. Others are met by the
 * database, when a record is to be deleted.
 */
export async function pointingRows(
  sequelize: Sequelize,
  registration: Registration,
  objectIds: readonly string[],
  registrations: readonly Registration[],
  transaction?: Transaction,
): Promise<PointingRow[]> {
  if (objectIds.length === 0) return [];
  const inTransaction = transaction && { transaction };
  const found: PointingRow[] = [];
  for (const { table, quotedTable, column, type } of await foreignKeysTo(
    sequelize,
    registration,
    transaction,
  )) {
    const through = throughTable(registrations, table);
    if (through !== undefined) {
      found.push(...(await attachingRows(through, column, table, objectIds, transaction)));
      continue;
    }
    const pointing = registrations.find(({ model }) => tableKey(model) === table);
    const rows = pointing && (await recordedRows(sequelize, pointing, transaction));
    const pointer = `recorded.${sqlName(column)}`;
    const selected = await sequelize.query<Pick<PointingRow, 'target' | 'objectId'>>(
      `SELECT ${pointer}::text AS target, ${rows?.objectId ?? 'NULL'} AS "objectId"
       FROM ${rows?.from ?? `${quotedTable} AS recorded`}
       WHERE ${pointer} = ANY(($1::text[])::${type}[]) LIMIT ${mostRows}`,
      { bind: [[...objectIds]], type: QueryTypes.SELECT, ...inTransaction },
    );
    const model = pointing?.modelName ?? null;
    const field = pointing === undefined ? null : attributeOf(pointing, column);
    for (const row of selected) found.push({ ...row, table, model, field, link: null });
  }
  return found;
}

interface ThroughTable {
  readonly owner: Registration;
  readonly relation: Relation;
}

function throughTable(registrations: readonly Registration[], table: string): ThroughTable | undefined {
  for (const owner of registrations) {
    const relation = relationsOf(owner).find(({ through }) => tableKey(through) === table);
    if (relation !== undefined) return { owner, relation };
  }
  return undefined;
}

async function attachingRows(
  { owner, relation }: ThroughTable,
  column: string,
  table: string,
  objectIds: readonly string[],
  transaction: Transaction | undefined,
): Promise<PointingRow[]> {
  const { through, ownerKey, relatedKey, scope, alias } = relation;
  const attributes = Object.entries(through.getAttributes());
  const pointer = attributes.find(([name, { field }]) => (field ?? name) === column)?.[0] ?? column;
  const rows = await through.unscoped().findAll({
    where: { ...scope, [pointer]: [...objectIds] },
    attributes: [ownerKey, relatedKey],
    limit: mostRows,
    ...(transaction && { transaction }),
  });
  return rows.map((row) => ({
    target: String(row.get(pointer)),
    table,
    model: owner.modelName,
    objectId: String(row.get(ownerKey)),
    field: null,
    link: { alias, relatedId: String(row.get(relatedKey)) },
  }));
}

async function foreignKeysTo(
  sequelize: Sequelize,
  { model, primaryKeys }: Registration,
  transaction: Transaction | undefined,
): Promise<ForeignKey[]> {
  const [key, ...others] = primaryKeys;
  if (key === undefined || others.length > 0) return [];
  const [schema, name] = tableKey(model).includes('.')
    ? tableKey(model).split('.')
    : ['public', tableKey(model)];
  return await sequelize.query<ForeignKey>(
    `SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END AS table,
            conrelid::regclass::text AS "quotedTable", pointing.attname AS column,
            format_type(pointing.atttypid, NULL) AS type
     FROM pg_constraint
     JOIN pg_class ON pg_class.oid = conrelid
     JOIN pg_namespace ON pg_namespace.oid = relnamespace
     JOIN pg_attribute pointing ON pointing.attrelid = conrelid AND pointing.attnum = conkey[1]
     JOIN pg_attribute target ON target.attrelid = confrelid AND target.attnum = confkey[1]
     WHERE contype = 'f' AND cardinality(conkey) = 1 AND confrelid = to_regclass($1) AND target.attname = $2
     ORDER BY 1, 3`,
    {
      bind: [sqlName(schema ?? 'public', name ?? ''), model.getAttributes()[key]?.field ?? key],
      type: QueryTypes.SELECT,
      ...(transaction && { transaction }),
    },
  );
}

function attributeOf({ model }: Registration, column: string): string {
  const attributes = Object.entries(model.getAttributes());
  return attributes.find(([name, { field }]) => (field ?? name) === column)?.[0] ?? column;
}
