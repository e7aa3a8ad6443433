import { Model, type ModelStatic, QueryTypes, type Sequelize } from 'sequelize';
import { isModel, modelOf } from '../../database/sequelize-internals.ts';
import { type FieldChanges, type LogAction, logActions } from '../log-entry.ts';
import { objectId } from '../model-keys.ts';
import { auditlog } from '../record/auditlog.ts';
import type { Registration } from '../registration.ts';
import type { RowValues } from '../values.ts';
import { readingLimit, type ScanPath } from './scan.ts';
import { type LogEntryPage, type PageOptions, pageOfEntries } from './search.ts';

export interface OrderedEntry {
  id: string;
  objectId: string;
  action: LogAction;
  changes: FieldChanges;
}

/** How many entries are held in memory at a time. */
const pageSize = 500;

/**
 * The entries of one record, or of all records of a model one record after the other, each from its first to
 * the last at or before a time, or up to an entry. A record's entries are in the order of their ids, because each is written
 * while its row is locked.
 */
export async function* entriesInOrder(
  sequelize: Sequelize,
  of: { model: string; objectId?: string | undefined },
  upTo: Date | { readonly entryId: string },
): AsyncGenerator<OrderedEntry> {
  let last = { objectId: of.objectId ?? '', id: '0' };
  for (;;) {
    const rows = await sequelize.query<Omit<OrderedEntry, 'action'> & { action: number }>(
      `SELECT id, object_id AS "objectId", action, changes FROM log_entries
       WHERE model = $1 AND (object_id, id) > ($2, $3::bigint) AND ${upTo instanceof Date ? 'timestamp <= $4' : 'id <= $4::bigint'}
         ${of.objectId === undefined ? '' : 'AND object_id = $2'}
       ORDER BY model, object_id, id
       LIMIT ${pageSize}`,
      {
        bind: [of.model, last.objectId, last.id, upTo instanceof Date ? upTo : upTo.entryId],
        type: QueryTypes.SELECT,
      },
    );
    for (const row of rows) yield { ...row, action: logActions[row.action] ?? 'access' };
    const lowest = rows.at(-1);
    if (lowest === undefined || rows.length < pageSize) return;
    last = lowest;
  }
}

/** A model, or the name that its entries have: entries outlive models. */
export type ModelOrName = ModelStatic<Model> | string;

/** A record: an instance, or a model and a primary key (for compound keys an object, or the object id). */
export type RecordReference = Model | { readonly model: ModelOrName; readonly id: KeyValue | RowValues };
type KeyValue = string | number | bigint | Date;

export interface RecordKey {
  readonly model: string;
  readonly objectId: string;
}

/** How the log names a record. */
export function recordKey(record: RecordReference): RecordKey {
  if (record instanceof Model) {
    const model = modelOf(record);
    return { model: modelNameOf(model), objectId: objectId(model.primaryKeyAttributes, record.get()) };
  }
  const model = modelNameOf(record.model);
  const { id } = record;
  if (typeof id !== 'object' || id instanceof Date) return { model, objectId: objectId(['id'], { id }) };
  const keys = registrationOf(record.model)?.primaryKeys ?? Object.keys(id);
  return { model, objectId: objectId(keys, id) };
}

/** The name that a model's entries have; scoped and schema variants have the name of their model. */
export function modelNameOf(model: ModelOrName): string {
  return typeof model === 'string' ? model : model.name;
}

export function registrationOf(model: ModelOrName): Registration | undefined {
  const name = modelNameOf(model);
  return auditlog.registrations().find(({ modelName }) => modelName === name);
}

/**
 * The entries of a record, of several records (also of different models), or of a whole model, newest first.
 * Deleted records and models that are no longer registered keep their history. No records, no entries.
 */
export async function history(
  sequelize: Sequelize,
  of: ModelOrName | RecordReference | readonly RecordReference[],
  page: PageOptions = { limit: 100 },
): Promise<LogEntryPage> {
  return await pageOfEntries(sequelize, page, {
    path: pathOf(of),
    floor: '0',
    readingLimit: readingLimit({}),
    condition: () => 'true',
  });
}

function pathOf(of: ModelOrName | RecordReference | readonly RecordReference[]): ScanPath {
  if (typeof of === 'string' || isModel(of)) return { columns: ['model'], keys: [[modelNameOf(of)]] };
  const keys = listOf(of).map((record) => {
    const { model, objectId } = recordKey(record);
    return [model, objectId];
  });
  const different = new Map(keys.map((key) => [JSON.stringify(key), key]));
  return { columns: ['model', 'object_id'], keys: [...different.values()] };
}

function listOf(of: RecordReference | readonly RecordReference[]): readonly RecordReference[] {
  return isList(of) ? of : [of];
}

function isList(of: RecordReference | readonly RecordReference[]): of is readonly RecordReference[] {
  return Array.isArray(of);
}
