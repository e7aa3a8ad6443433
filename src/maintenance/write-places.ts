import { isDeepStrictEqual } from 'node:util';
import type { Sequelize, Transaction } from 'sequelize';
import { jsonValue } from '../audit/index.ts';
import { fieldKey } from '../audit/read/index.ts';
import { Place } from '../records/place.ts';
import type { BatchCounts } from './batch-options.ts';
import { refusedValues } from './refused-values.ts';

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
