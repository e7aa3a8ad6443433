import type { Transaction } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { Place } from '../records/place.ts';

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
