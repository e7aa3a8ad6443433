import {
  type BulkCreateOptions,
  type Model,
  type ModelStatic,
  Op,
  type Sequelize,
  type Transaction,
  UniqueConstraintError,
} from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { objectId } from '../model-keys.ts';
import type { Registration } from '../registration.ts';
import type { RowValues } from '../values.ts';
import { lockRows } from './lock-rows.ts';
import { type AuditOptions, LockedRows } from './write-options.ts';

/**
 * The attributes whose conflict `updateOnDuplicate` means when the caller does not say: the model's only
 * unique key, else its primary key.
 *
 * @throws HotspotsError AUDIT_WRITE_REFUSED when there are several unique keys. Sequelize would join them
 *   into one ON CONFLICT list, which is never a key.
 */
export function conflictAttributes(model: ModelStatic<Model>): string[] {
  const unique = [...uniqueAttributes(model), ...uniqueIndexes(model)];
  const [first, second] = unique;
  if (second !== undefined) {
    throw new HotspotsError(
      'AUDIT_WRITE_REFUSED',
      `${model.name}.bulkCreate with updateOnDuplicate: the model has several unique keys ` +
        `(${unique.map((key) => key.join(' + ')).join('; ')}). Nothing was written. Name one with conflictAttributes.`,
    );
  }
  return first ?? [...model.primaryKeyAttributes];
}

function uniqueAttributes(model: ModelStatic<Model>): string[][] {
  const groups = new Map<string, string[]>();
  for (const [name, { unique }] of Object.entries(model.getAttributes())) {
    if (unique === undefined || unique === false) continue;
    const group = unique === true ? name : typeof unique === 'string' ? unique : unique.name;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups.values()];
}

function uniqueIndexes(model: ModelStatic<Model>): string[][] {
  const byColumn = new Map(
    Object.entries(model.getAttributes()).map(([name, { field }]) => [field ?? name, name]),
  );
  return (model.options.indexes ?? [])
    .filter((index) => index.unique === true && index.where === undefined)
    .map((index) =>
      (index.fields ?? []).flatMap((field) =>
        typeof field === 'string' ? [byColumn.get(field) ?? field] : [],
      ),
    );
}

type Records = readonly Record<string, unknown>[];
type BulkCreate = (records: Records, options: BulkCreateOptions) => Promise<Model[]>;

/** A model after `init`. */
export type BoundModel = ModelStatic<Model> & { sequelize: Sequelize };

const attempts = 5;

/**
 * `bulkCreate` with `updateOnDuplicate`, in a form that knows which rows it updates. The rows that exist
 * are read and locked first; those are updated, the others inserted without ON CONFLICT. When another
 * transaction inserts one of them in between, the insert fails, the savepoint is rolled back, and the
 * second look finds the row.
 *
 * @returns the instances in the order of `records`.
 * @throws HotspotsError AUDIT_WRITE_REFUSED together with individualHooks.
 * @throws HotspotsError AUDIT_CONCURRENT_WRITE when others keep inserting the same rows.
 */
export async function bulkUpsert(
  registration: Registration,
  model: BoundModel,
  records: Records,
  options: BulkCreateOptions & { transaction: Transaction },
  bulkCreate: BulkCreate,
): Promise<Model[]> {
  if (options.individualHooks === true) {
    throw new HotspotsError(
      'AUDIT_WRITE_REFUSED',
      `${registration.modelName}.bulkCreate: Sequelize cannot combine individualHooks with updateOnDuplicate. ` +
        'Nothing was written. Instead, leave out individualHooks.',
    );
  }
  const keys = options.conflictAttributes?.map(String) ?? conflictAttributes(model);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await model.sequelize.transaction({ transaction: options.transaction }, (savepoint) =>
        attemptUpsert(registration, model, records, keys, { ...options, transaction: savepoint }, bulkCreate),
      );
    } catch (error) {
      if (!(error instanceof UniqueConstraintError)) throw error;
      if (attempt < attempts) continue;
      throw new HotspotsError(
        'AUDIT_CONCURRENT_WRITE',
        `${registration.modelName}.bulkCreate met rows that others inserted at the same time, ${attempts} times, ` +
          `or a unique key besides ${keys.join(', ')}. Nothing was written; try again, or name conflictAttributes.`,
        { cause: error },
      );
    }
  }
}

async function attemptUpsert(
  registration: Registration,
  model: ModelStatic<Model>,
  records: Records,
  keys: readonly string[],
  options: BulkCreateOptions & { transaction: Transaction },
  bulkCreate: BulkCreate,
): Promise<Model[]> {
  const recordKeys = records.map((record) => keyOf(model, keys, record));
  const candidates = recordKeys.filter((key) => key !== null);
  const found =
    candidates.length === 0 ? [] : await lockExisting(registration, model, keys, candidates, options);
  const existingKeys = new Set(found.map((row) => keyText(keys.map((key) => row[key]))));
  const known = new Set(candidates.map((key) => keyText(key)));
  for (const key of existingKeys) if (!known.has(key)) throw unclearKey(registration, keys, key);

  const isExisting = records.map((_, index) => {
    const key = recordKeys[index];
    return key !== null && key !== undefined && existingKeys.has(keyText(key));
  });
  const locked = new LockedRows(new Map(found.map((row) => [objectId(registration.primaryKeys, row), row])));
  const { updateOnDuplicate: _, conflictAttributes: __, ...plain } = options;
  const created = await write(records, options, isExisting, false, (rows, details) =>
    bulkCreate(rows, { ...plain, audit: details }),
  );
  const updated = await write(records, options, isExisting, true, (rows, details) =>
    bulkCreate(rows, {
      ...options,
      conflictAttributes: [...keys],
      audit: { ...details, lockedRows: locked },
    }),
  );
  return isExisting.map((existing) => {
    const instance = existing ? updated.shift() : created.shift();
    if (instance === undefined)
      throw new Error('bulkCreate returned fewer instances than it was given rows.');
    return instance;
  });
}

/** Writes the rows of one kind, with the entry details that belong to them. */
async function write(
  records: Records,
  options: BulkCreateOptions,
  isExisting: readonly boolean[],
  kind: boolean,
  call: (rows: Records, details: AuditOptions) => Promise<Model[]>,
): Promise<Model[]> {
  const chosen = (_: unknown, index: number) => isExisting[index] === kind;
  const rows = records.filter(chosen);
  if (rows.length === 0) return [];
  const details = options.audit?.rows?.filter(chosen);
  return [...(await call(rows, details === undefined ? {} : { rows: details }))];
}

async function lockExisting(
  registration: Registration,
  model: ModelStatic<Model>,
  keys: readonly string[],
  candidates: readonly (readonly unknown[])[],
  options: { transaction: Transaction },
): Promise<RowValues[]> {
  const [only] = keys;
  const where =
    keys.length === 1 && only !== undefined
      ? { [only]: { [Op.in]: candidates.map(([value]) => value) } }
      : { [Op.or]: candidates.map((values) => Object.fromEntries(keys.map((key, i) => [key, values[i]]))) };
  return lockRows(registration, model, where, options.transaction, keys);
}

/** The record's conflict key as the model casts it; null when a part is missing, which never conflicts. */
function keyOf(
  model: ModelStatic<Model>,
  keys: readonly string[],
  record: Record<string, unknown>,
): unknown[] | null {
  const instance = model.build(Object.fromEntries(keys.map((key) => [key, record[key]])));
  const values = keys.map((key) => instance.get(key, { plain: false }));
  return values.some((value) => value === null || value === undefined) ? null : values;
}

function keyText(values: readonly unknown[]): string {
  return JSON.stringify(values.map((value) => (value instanceof Date ? value.toISOString() : String(value))));
}

function unclearKey(registration: Registration, keys: readonly string[], found: string): HotspotsError {
  return new HotspotsError(
    'AUDIT_WRITE_REFUSED',
    `${registration.modelName}.bulkCreate: the database holds a row with ${keys.join(', ')} = ${found}, which equals ` +
      'a given value only after conversion. Nothing was written. Give the values in the form the database returns.',
  );
}
