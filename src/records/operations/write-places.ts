import { isDeepStrictEqual } from 'node:util';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type JsonValue, jsonValue } from '../../audit/index.ts';
import { type FieldOfRecord, fieldKey } from '../../audit/read/index.ts';
import { HotspotsError } from '../../errors.ts';
import { writtenByPeople } from '../../write-policy/index.ts';
import { Place } from '../place.ts';
import type { BatchCounts } from './batches.ts';

/** The places of a merge. */
export interface PlacesToMerge {
  /** The one that stays. */
  place: Place;
  /** In the order in which they were named. */
  duplicates: Place[];
}

/**
 * Reads the places of a merge, under lock where a transaction is given, and checks that they can be merged.
 *
 * @throws HotspotsError PLACE_UNKNOWN, MERGE_REFUSED
 */
export async function lockPlaces(
  { placeId, duplicateIds }: { placeId: string; duplicateIds: readonly string[] },
  transaction?: Transaction,
): Promise<PlacesToMerge> {
  const wanted = [...new Set(duplicateIds)];
  if (wanted.length === 0) throw refused('No duplicate was named; at least one is needed.');
  if (wanted.includes(placeId)) throw refused(`Place ${placeId} cannot be merged into itself.`);
  const found = await Place.findAll({
    where: { id: [placeId, ...wanted] },
    // In one order for all writers, so that two merges wait instead of deadlocking.
    order: [['id', 'ASC']],
    ...(transaction && { transaction, lock: transaction.LOCK.NO_KEY_UPDATE }),
  });
  const byId = new Map(found.map((each) => [each.id, each]));
  const known = (id: string): Place => {
    const place = byId.get(id);
    if (place === undefined) throw new HotspotsError('PLACE_UNKNOWN', `There is no place ${id}.`);
    return place;
  };
  const place = known(placeId);
  const duplicates = wanted.map(known);
  if (place.isDuplicate) {
    const whither = place.duplicateOfId === null ? 'its original' : `place ${place.duplicateOfId}`;
    throw refused(`Place ${placeId} is a duplicate itself. Merge into ${whither} instead.`);
  }
  const merged = duplicates.find(({ duplicateOfId }) => duplicateOfId !== null && duplicateOfId !== placeId);
  if (merged !== undefined) {
    throw refused(
      `Place ${merged.id} is a duplicate of place ${merged.duplicateOfId} already. ` +
        `Merge place ${merged.duplicateOfId}, or undo that merge first.`,
    );
  }
  return { place, duplicates };
}

function refused(why: string): HotspotsError {
  return new HotspotsError('MERGE_REFUSED', `${why} Nothing was changed.`);
}

/** A value that a command or a task wants to write. */
export interface IntendedValue extends FieldOfRecord {
  /** As log entries hold it. */
  readonly value: JsonValue;
}

/** Why a value is not written: a person wrote the field last, or somebody has undone the very same value. */
export type Refusal = 'leftToPeople' | 'undoneBefore';

/** Which values must not be written by what is no person, by `fieldKey`, and why. */
export async function refusedValues(
  sequelize: Sequelize,
  intended: readonly IntendedValue[],
  transaction: Transaction,
): Promise<Map<string, Refusal>> {
  if (intended.length === 0) return new Map();
  const undone = await sequelize.query<FieldOfRecord>(
    `SELECT DISTINCT model, "objectId", field
     FROM jsonb_to_recordset($1::jsonb) AS intended (model text, "objectId" text, field text, value jsonb)
     WHERE EXISTS (
       SELECT FROM log_entries entry JOIN undone_entries ON entry_id = entry.id
       WHERE entry.model = intended.model AND entry.object_id = "objectId"
         AND entry.changes -> intended.field -> 1 = coalesce(value, 'null'))`,
    { bind: [JSON.stringify(intended)], type: QueryTypes.SELECT, transaction },
  );
  const byPeople = await writtenByPeople(sequelize, intended, transaction);
  return new Map<string, Refusal>([
    ...undone.map((field) => [fieldKey(field), 'undoneBefore'] as const),
    ...[...byPeople].map((key) => [key, 'leftToPeople'] as const),
  ]);
}

/** What commands and tasks write. */
const writable = ['addressCountry', 'timeZone', 'telephone', 'aggregateRating', 'needsRatingUpdate'] as const;

type PlaceValues = Partial<Pick<Place, (typeof writable)[number]>>;

/** What a command or a task wants to write into a place, which is read under lock. */
export interface IntendedPlace {
  place: Place;
  /** Not written where a person wrote the field last or the value was undone. */
  values: PlaceValues;
  /** Marks of the program's own, written in any case. */
  marks?: PlaceValues;
}

/**
 * Writes values that differ from what is stored into places, all in one statement.
 *
 * @returns counts: changed (places), leftToPeople and undoneBefore (values that were not written)
 */
export async function writePlaces(
  sequelize: Sequelize,
  intended: readonly IntendedPlace[],
  transaction: Transaction,
): Promise<BatchCounts> {
  const proposals = intended.flatMap(({ place, values }) =>
    Object.entries(values)
      .filter(([field, value]) => differs(place, field, value))
      .map(([field, value]) => ({ model: 'Place', objectId: place.id, field, value: jsonValue(value) })),
  );
  const refused = await refusedValues(sequelize, proposals, transaction);
  const changed = intended.flatMap(({ place, values, marks = {} }) => {
    const isFree = (field: string) => !refused.has(fieldKey({ model: 'Place', objectId: place.id, field }));
    const free = Object.entries(values).filter(([field]) => isFree(field));
    const written = Object.fromEntries(
      [...free, ...Object.entries(marks)].filter(([field, value]) => differs(place, field, value)),
    );
    return Object.keys(written).length === 0 ? [] : [{ place, written }];
  });
  if (changed.length > 0) {
    const updatedAt = new Date();
    const fields = new Set(changed.flatMap(({ written }) => Object.keys(written)));
    const attributes = writable.filter((name) => fields.has(name));
    await Place.bulkCreate(
      changed.map(({ place, written }) => ({ ...place.get(), ...written, updatedAt })),
      { transaction, conflictAttributes: ['id'], updateOnDuplicate: [...attributes, 'updatedAt'] },
    );
  }
  const refusals = [...refused.values()];
  return {
    changed: changed.length,
    leftToPeople: refusals.filter((why) => why === 'leftToPeople').length,
    undoneBefore: refusals.filter((why) => why === 'undoneBefore').length,
  };
}

function differs(place: Place, field: string, value: unknown): boolean {
  return !isDeepStrictEqual(Reflect.get(place, field), value);
}
