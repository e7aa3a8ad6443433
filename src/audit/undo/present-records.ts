import { jsonValue } from '../json-value.ts';
import { objectId } from '../object-id.ts';
import type { RecordedValues } from '../reading/replay.ts';
import type { Registration, RowValues } from '../registration.ts';
import { rowsWithIds } from './primary-key-values.ts';

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
