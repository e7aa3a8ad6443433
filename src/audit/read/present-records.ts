import { isDeepStrictEqual } from 'node:util';
import { Op, type WhereOptions } from 'sequelize';
import { rangeSubtype } from '../../database/sequelize-internals.ts';
import { objectId } from '../model-keys.ts';
import { auditlog } from '../record/auditlog.ts';
import type { Registration } from '../registration.ts';
import { type JsonValue, jsonValue, maskedValue, type RowValues } from '../values.ts';
import type { RecordedValues } from './as-of.ts';
import { readChanges } from './fields.ts';
import type { LogEntryRow } from './search.ts';

/** A recorded value as the model's attribute takes it: the way back from `jsonValue`. */
export function attributeValue(registration: Registration, attribute: string, value: JsonValue): unknown {
  return valueOfType(registration.model.getAttributes()[attribute]?.type, value);
}

function valueOfType(type: unknown, value: JsonValue): unknown {
  if (value === null) return null;
  switch (keyOf(type)) {
    case 'DATE':
      return typeof value === 'string' ? dateOf(value) : value;
    // Numbers that JSON lacks are recorded by name.
    case 'DOUBLE PRECISION':
    case 'FLOAT':
    case 'REAL':
      return Number(value);
    case 'BLOB':
      return typeof value === 'string' ? Buffer.from(value, 'base64') : value;
    case 'ARRAY':
      return Array.isArray(value)
        ? value.map((element) => valueOfType(partOf(type, 'type'), element))
        : value;
    case 'RANGE':
      return Array.isArray(value) ? value.map((bound) => boundOf(subtypeOf(type), bound)) : value;
    default:
      return value;
  }
}

function boundOf(subtype: unknown, bound: JsonValue): unknown {
  if (typeof bound !== 'object' || bound === null || Array.isArray(bound)) return bound;
  return { ...bound, value: valueOfType(subtype, bound.value ?? null) };
}

function dateOf(text: string): Date | number {
  return text === 'Infinity' || text === '-Infinity' ? Number(text) : new Date(text);
}

/** The name of a Sequelize data type: its own, or, for a range's subtype, as plain text. */
function keyOf(type: unknown): string | undefined {
  if (typeof type === 'string') return type;
  const key = partOf(type, 'key');
  return typeof key === 'string' ? key : undefined;
}

function subtypeOf(type: unknown): unknown {
  return typeof type === 'object' && type !== null ? rangeSubtype(type) : undefined;
}

function partOf(type: unknown, part: string): unknown {
  return (typeof type === 'object' && type !== null) || typeof type === 'function'
    ? Reflect.get(type, part)
    : undefined;
}

/** The primary key that an object id stands for: the way back from `objectId`. */
export function primaryKeyValues(registration: Registration, objectId: string): Record<string, unknown> {
  const { primaryKeys } = registration;
  const texts = primaryKeys.length === 1 ? [objectId] : objectId.split('/').map(decodeURIComponent);
  return Object.fromEntries(
    primaryKeys.map((key, index) => [key, attributeValue(registration, key, texts[index] ?? null)]),
  );
}

/** The condition that holds for the rows with these object ids. */
export function rowsWithIds(registration: Registration, objectIds: readonly string[]): WhereOptions {
  const keys = objectIds.map((objectId) => primaryKeyValues(registration, objectId));
  const [only, ...others] = registration.primaryKeys;
  if (only === undefined || others.length > 0) return { [Op.or]: keys };
  return { [only]: { [Op.in]: keys.map((key) => key[only]) } };
}

const recordsPerQuery = 5000;

/** The recorded fields of those records that exist, by object id, as the log would record them. */
export async function presentRecords(
  registration: Registration,
  objectIds: readonly string[],
): Promise<Map<string, RecordedValues>> {
  const { model, primaryKeys, attributes } = registration;
  const present = new Map<string, RecordedValues>();
  for (let offset = 0; offset < objectIds.length; offset += recordsPerQuery) {
    const rows = await model.unscoped().findAll({
      where: rowsWithIds(registration, objectIds.slice(offset, offset + recordsPerQuery)),
      attributes: [...primaryKeys, ...attributes],
      paranoid: false,
    });
    for (const { dataValues } of rows)
      present.set(objectId(primaryKeys, dataValues), recordedValues(registration, dataValues));
  }
  return present;
}

/** A row's recorded fields in the JSON that entries hold; masked ones in the clear. */
export function recordedValues({ attributes }: Registration, row: RowValues): RecordedValues {
  return Object.fromEntries(attributes.map((name) => [name, jsonValue(row[name])]));
}

/** Present values as people may see them: masked fields are masked, as in the log. */
export function maskedRecord(registration: Registration, values: RecordedValues): RecordedValues {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, maskedValue(registration, field, value)]),
  );
}

/**
 * The fields of a change that hold something else by now, and what. Masked fields are left out: the log does not know
 * what it wrote.
 *
 * @param present the record's values now
 */
export function changedSince(
  { model, changes }: Pick<LogEntryRow, 'model' | 'changes'>,
  present: RecordedValues,
): Map<string, JsonValue> {
  const registration = auditlog.registrations().find(({ modelName }) => modelName === model);
  return new Map(
    readChanges(changes).flatMap((change) => {
      const now = present[change.field];
      const isOther = change.kind === 'value' && now !== undefined && !isDeepStrictEqual(now, change.new);
      return isOther && !registration?.masked.has(change.field) ? [[change.field, now] as const] : [];
    }),
  );
}
