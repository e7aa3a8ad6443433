import { isDeepStrictEqual } from 'node:util';
import type { Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import type { FieldChanges, LogAction } from '../log-entry.ts';
import type { Registration } from '../registration.ts';
import { type JsonValue, jsonValue, type RowValues } from '../values.ts';
import { readChanges } from './fields.ts';
import {
  entriesInOrder,
  type ModelOrName,
  modelNameOf,
  type RecordReference,
  recordKey,
  registrationOf,
} from './history.ts';
import { refusePruned } from './pruned.ts';

/** Recorded fields by name, in the JSON that entries hold; a many-to-many field is the sorted ids. */
export type RecordedValues = Record<string, JsonValue>;

/** Rebuilds a record from its entries, applied in order. */
export class Replay {
  readonly #recorded: readonly string[];
  #values: Map<string, JsonValue> | null = null;

  /** @param recorded the fields that a new record has though its entry is silent about those that are null */
  constructor(recorded: readonly string[]) {
    this.#recorded = recorded;
  }

  /** Takes the record's next entry. */
  apply({ action, changes }: { action: LogAction; changes: FieldChanges }): void {
    if (action === 'access') return;
    if (action === 'delete') {
      this.#values = null;
      return;
    }
    const values =
      action === 'create'
        ? new Map<string, JsonValue>(this.#recorded.map((field) => [field, null]))
        : (this.#values ?? new Map<string, JsonValue>());
    for (const change of readChanges(changes)) {
      if (change.kind === 'value') values.set(change.field, change.new);
      if (change.kind === 'm2m') {
        const attached = values.get(change.field);
        const others = (Array.isArray(attached) ? attached : []).filter(
          (id) => typeof id !== 'string' || !change.ids.includes(id),
        );
        values.set(change.field, change.operation === 'add' ? [...others, ...change.ids].sort() : others);
      }
    }
    this.#values = values;
  }

  /** Null while the record does not exist. */
  values(): RecordedValues | null {
    return this.#values === null ? null : Object.fromEntries(this.#values);
  }

  /** Whether the record exists and has these values. */
  matches(where: RecordedValues): boolean {
    const values = this.#values;
    if (values === null) return false;
    return Object.entries(where).every(([field, value]) => isDeepStrictEqual(values.get(field), value));
  }
}

export interface RecordAsOf {
  objectId: string;
  values: RecordedValues;
}

/**
 * The records of a model as they were at a time, in the order of their object ids, as `asOf` gives them. All
 * entries of the model up to then are read, a few hundred at a time; leave the loop to stop early.
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

/**
 * A record's recorded fields as they were at a time, rebuilt from its entries up to and including then, in the
 * JSON that entries hold. Masked fields come out masked.
 *
 * The log cannot know what was before it: a record that was there before its model was registered is null
 * until its first entry, and from then on has only the fields that entries named. Neither can it know what
 * `when`, `exclude` or a disabled scope kept from being recorded.
 *
 * @param moment a time, or one of its entries: as that entry left it
 * @returns null when the record did not exist then, or had no entry yet
 * @throws HotspotsError HISTORY_PRUNED when entries from before then were removed
 */
export async function asOf(
  sequelize: Sequelize,
  record: RecordReference,
  moment: Date | { readonly entryId: string },
): Promise<RecordedValues | null> {
  await refusePruned(sequelize, moment);
  const key = recordKey(record);
  const replay = new Replay(registrationOf(key.model)?.attributes ?? []);
  for await (const entry of entriesInOrder(sequelize, key, moment)) replay.apply(entry);
  return replay.values();
}
