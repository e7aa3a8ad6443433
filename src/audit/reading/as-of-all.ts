import type { Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { jsonValue } from '../json-value.ts';
import type { Registration, RowValues } from '../registration.ts';
import { refusePruned } from '../retention/refuse-pruned.ts';
import { entriesInOrder } from './entries-in-order.ts';
import { type ModelOrName, modelNameOf, registrationOf } from './record-key.ts';
import { type RecordedValues, Replay } from './replay.ts';

export interface RecordAsOf {
  objectId: string;
  values: RecordedValues;
}

/**
 * The records of a model as they were at a time, one after the other by object id, as `asOf` gives them. All
 * entries of the model up to then are read, a few hundred at a time; who has enough leaves the loop.
 *
 * @param where values of recorded attributes that a record must have had then, compared as the log holds
 *   them: a decimal as text with all its places, a time as a `Date` or in ISO 8601 with milliseconds
 * @throws HotspotsError AUDIT_QUERY_INVALID when `where` names what is not recorded or is masked; HISTORY_PRUNED when
 *   entries from before then were removed
 */
export async function* asOfAll(
  sequelize: Sequelize,
  model: ModelOrName,
  where: RowValues,
  time: Date,
): AsyncGenerator<RecordAsOf> {
  const registration = registrationOf(model);
  const wanted: RecordedValues = {};
  for (const [field, value] of Object.entries(where)) {
    wanted[field] = jsonValue(value);
    if (registration !== undefined) checkField(registration, field, wanted[field]);
  }
  await refusePruned(sequelize, time);
  let replay: Replay | undefined;
  let current: string | undefined;
  for await (const entry of entriesInOrder(sequelize, { model: modelNameOf(model) }, time)) {
    if (entry.objectId !== current) {
      yield* found(current, replay, wanted);
      current = entry.objectId;
      replay = new Replay(registration?.attributes ?? []);
    }
    replay?.apply(entry);
  }
  yield* found(current, replay, wanted);
}

function* found(objectId: string | undefined, replay: Replay | undefined, where: RecordedValues) {
  const values = replay?.matches(where) ? replay.values() : undefined;
  if (objectId !== undefined && values) yield { objectId, values };
}

function checkField(registration: Registration, field: string, value: unknown): void {
  const { modelName, attributes, manyToMany, masked } = registration;
  const recorded = [...attributes, ...manyToMany];
  if (!recorded.includes(field)) {
    throw new HotspotsError(
      'AUDIT_QUERY_INVALID',
      `${modelName}.${field} is not recorded, so its past is unknown. Recorded are ${recorded.join(', ')}.`,
    );
  }
  if (masked.has(field) && value !== null) {
    throw new HotspotsError(
      'AUDIT_QUERY_INVALID',
      `${modelName}.${field} is masked: the log knows whether it was null, not what it was.`,
    );
  }
}
