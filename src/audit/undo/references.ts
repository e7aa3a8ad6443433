import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { sqlName, tableKey } from '../model-keys.ts';
import { recordedRows } from '../recorded-table.ts';
import type { Registration } from '../registration.ts';
import { type Relation, relationsOf } from './links.ts';
import type { DraftStep } from './make-plan.ts';
import type { UndoConflict } from './undo-plan.ts';

/** The models that foreign keys of one column point to, by model and attribute. */
export type ForeignKeys = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads from the database which attributes of registered models point to the primary key of registered models. */
export async function foreignKeysOf(
  sequelize: Sequelize,
  registrations: readonly Registration[],
): Promise<ForeignKeys> {
  const rows = await sequelize.query<{ table: string; column: string; target: string; targetColumn: string }>(
    `SELECT CASE own_schema.nspname WHEN 'public' THEN own.relname ELSE own_schema.nspname || '.' || own.relname END AS table,
            own_column.attname AS column,
            CASE target_schema.nspname WHEN 'public' THEN target.relname
                 ELSE target_schema.nspname || '.' || target.relname END AS target,
            target_column.attname AS "targetColumn"
     FROM pg_constraint
     JOIN pg_class own ON own.oid = conrelid JOIN pg_namespace own_schema ON own_schema.oid = own.relnamespace
     JOIN pg_class target ON target.oid = confrelid
     JOIN pg_namespace target_schema ON target_schema.oid = target.relnamespace
     JOIN pg_attribute own_column ON own_column.attrelid = conrelid AND own_column.attnum = conkey[1]
     JOIN pg_attribute target_column ON target_column.attrelid = confrelid AND target_column.attnum = confkey[1]
     WHERE contype = 'f' AND cardinality(conkey) = 1`,
    { type: QueryTypes.SELECT },
  );
  const keys = new Map<string, Map<string, string>>();
  for (const { table, column, target, targetColumn } of rows) {
    const owner = registrations.find(({ model }) => tableKey(model) === table);
    const pointed = registrations.find(({ model }) => tableKey(model) === target);
    if (owner === undefined || pointed === undefined) continue;
    const [key, ...others] = pointed.primaryKeys;
    if (key === undefined || others.length > 0 || columnOf(pointed, key) !== targetColumn) continue;
    const attribute = Object.keys(owner.model.getAttributes()).find(
      (name) => columnOf(owner, name) === column,
    );
    if (attribute === undefined) continue;
    const ofOwner = keys.get(owner.modelName) ?? new Map<string, string>();
    keys.set(owner.modelName, ofOwner.set(attribute, pointed.modelName));
  }
  return keys;
}

function columnOf({ model }: Registration, attribute: string): string {
  return model.getAttributes()[attribute]?.field ?? attribute;
}

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

/** Why a created record is kept: what points to it, or will. */
export function referencedConflict(rows: readonly Pick<PointingRow, 'model' | 'table'>[]): UndoConflict {
  const names = [...new Set(rows.map(({ model, table }) => model ?? table))].join(', ');
  const count = rows.length === 1 ? 'a record points' : `${rows.length} records point`;
  return {
    field: null,
    reason: 'referenced',
    actorEmail: null,
    entryId: null,
    value: null,
    message: `It is kept: ${count} to it (${names}).`,
  };
}

/** What points to a created record, and whether the plan takes that away. */
interface Pointing {
  readonly target: DraftStep;
  readonly model: string | null;
  readonly table: string;
  isGoing(): boolean;
}

/**
 * Keeps created records that others point to, or will point to when their old values return. A row that the plan
 * itself removes, or whose pointing field it changes to something else, does not count. What is kept may in turn be
 * what another record is kept for; what was changed of it since it was made is still taken back.
 */
export async function keepReferenced(
  sequelize: Sequelize,
  steps: readonly DraftStep[],
  registrations: readonly Registration[],
  foreignKeys: ForeignKeys,
): Promise<void> {
  const byRecord = new Map(steps.map((step) => [recordText(step.model, step.objectId), step]));
  const now = await pointingNow(sequelize, steps, registrations, byRecord);
  for (;;) {
    // What was kept in the last round gets old values back too.
    const pointing = [...now, ...pointingThen(steps, foreignKeys, byRecord)];
    const standing = pointing.filter(({ target, isGoing }) => target.kind === 'remove' && !isGoing());
    if (standing.length === 0) return;
    for (const [step, rows] of Map.groupBy(standing, ({ target }) => target)) keep(step, rows);
  }
}

async function pointingNow(
  sequelize: Sequelize,
  steps: readonly DraftStep[],
  registrations: readonly Registration[],
  byRecord: ReadonlyMap<string, DraftStep>,
): Promise<Pointing[]> {
  const removals = Map.groupBy(
    steps.filter(({ kind }) => kind === 'remove'),
    ({ model }) => model,
  );
  const pointing: Pointing[] = [];
  for (const registration of registrations) {
    const ids = (removals.get(registration.modelName) ?? []).map(({ objectId }) => objectId);
    if (ids.length === 0) continue;
    for (const row of await pointingRows(sequelize, registration, ids, registrations)) {
      const target = byRecord.get(recordText(registration.modelName, row.target));
      if (target === undefined) continue;
      const { model, objectId, field, link, table } = row;
      const step = model === null ? undefined : byRecord.get(recordText(model, objectId ?? ''));
      const isGoing = () => {
        if (step === undefined || step.kind === 'remove') return step !== undefined;
        return step.fields.some((change) =>
          link === null
            ? change.field === field
            : change.field === link.alias && Array.isArray(change.now) && change.now.includes(link.relatedId),
        );
      };
      pointing.push({ target, model, table, isGoing });
    }
  }
  return pointing;
}

/** Values that return and point to a record that is to be removed. */
function pointingThen(
  steps: readonly DraftStep[],
  foreignKeys: ForeignKeys,
  byRecord: ReadonlyMap<string, DraftStep>,
): Pointing[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'restore' && step.kind !== 'recreate') return [];
    return step.fields.flatMap(({ field, was }): Pointing[] => {
      const model = foreignKeys.get(step.model)?.get(field);
      const target = model === undefined ? undefined : byRecord.get(recordText(model, String(was)));
      if (target === undefined) return [];
      return [{ target, model: step.model, table: step.model, isGoing: () => false }];
    });
  });
}

function keep(step: DraftStep, rows: readonly Pointing[]): void {
  const { ifKept } = step;
  step.kind = ifKept?.kind ?? 'none';
  step.fields = ifKept?.fields ?? [];
  step.alreadyUndone = ifKept?.alreadyUndone ?? [];
  step.conflicts = [...step.conflicts, referencedConflict(rows), ...(ifKept?.conflicts ?? [])];
}

function recordText(model: string, objectId: string): string {
  return JSON.stringify([model, objectId]);
}
