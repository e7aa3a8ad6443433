import type { Sequelize, Transaction } from 'sequelize';
import { currentContext } from '../audit/index.ts';
import { type FieldOfRecord, fieldKey } from '../audit/read/index.ts';
import { retryTransaction } from '../database/retry-transaction.ts';
import { UserTip } from '../records/contributions.ts';
import { Event } from '../records/event.ts';
import type { Place } from '../records/place.ts';
import { writtenByPeople } from '../write-policy/guard.ts';
import { releaseFields } from '../write-policy/release.ts';
import { asOneOperation } from './as-one-operation.ts';
import { type FilledField, fillFields } from './fill-fields.ts';
import { lockPlaces, type PlacesToMerge } from './lock-places.ts';
import { markDuplicates } from './mark-duplicates.ts';
import { moveImages } from './move-images.ts';
import { moveVibes } from './move-vibes.ts';
import type { OperationOptions } from './operation-options.ts';

export interface MergeOptions extends OperationOptions {
  /** The place that stays. */
  placeId: string;
  duplicateIds: readonly string[];
}

/** What was moved from the duplicates to the place that stays. */
export interface MovedRecords {
  events: number;
  images: number;
  tips: number;
  vibes: number;
}

export interface MergedPlaces {
  /** The place that stays, as it is now. */
  place: Place;
  filled: FilledField[];
  moved: MovedRecords;
}

/**
 * Merges places that are one: what hangs on the duplicates is moved to the place that stays, its empty fields are
 * filled from them, and they are marked as closed duplicates of it. They are not deleted, and crawls are led by
 * that mark: what sources say of them updates the place that stays, until an undo takes the mark away.
 *
 * It is one transaction, as the actor of the surrounding context, and its entries have one correlation id. A field that
 * a scraper filled is still the scraper's after a person has merged.
 *
 * @throws HotspotsError PLACE_UNKNOWN; MERGE_REFUSED for a place that is a duplicate already
 */
export function mergePlaces(
  sequelize: Sequelize,
  { placeId, duplicateIds, reason, transaction }: MergeOptions,
): Promise<MergedPlaces> {
  const merge = (within: Transaction) =>
    asOneOperation({ reason }, async () =>
      mergeLocked(sequelize, await lockPlaces({ placeId, duplicateIds }, within), within),
    );
  return transaction === undefined ? retryTransaction(sequelize, merge) : merge(transaction);
}

async function mergeLocked(
  sequelize: Sequelize,
  { place, duplicates }: PlacesToMerge,
  transaction: Transaction,
): Promise<MergedPlaces> {
  const filled = fillFields(place, duplicates);
  const ids = duplicates.map(({ id }) => id);
  const events = await Event.findAll({
    attributes: ['id'],
    where: { placeId: ids },
    order: [['id', 'ASC']],
    // One that an editor moves to another place meanwhile is waited for, and then no longer among them.
    ...{ transaction, lock: transaction.LOCK.NO_KEY_UPDATE },
  });
  const origins = [
    ...filled.map(({ field, fromId }) => ({ model: 'Place', objectId: fromId, field })),
    ...events.map(({ id }) => ({ model: 'Event', objectId: id, field: 'placeId' })),
  ];
  const byPeople = await writtenByPeople(sequelize, origins, transaction);

  const taken = Object.fromEntries(filled.map(({ field, value }) => [field, value]));
  const ratings = duplicates.some(({ aggregateRating }) => aggregateRating !== null);
  await place.update({ ...taken, ...(ratings && { needsRatingUpdate: true }) }, { transaction });
  const moved: MovedRecords = { events: events.length, images: 0, tips: 0, vibes: 0 };
  await Event.update({ placeId: place.id }, { where: { id: events.map(({ id }) => id) }, transaction });
  [moved.tips] = await UserTip.update({ placeId: place.id }, { where: { placeId: ids }, transaction });
  for (const id of ids) {
    moved.images += await moveImages(id, place.id, transaction);
    moved.vibes += await moveVibes(id, place.id, transaction);
  }
  await markDuplicates(place.id, ids, transaction);

  const scrapers = origins
    .filter((origin) => !byPeople.has(fieldKey(origin)))
    .map((origin): FieldOfRecord => (origin.model === 'Place' ? { ...origin, objectId: place.id } : origin));
  const by = await currentContext()?.actor();
  if (by !== undefined) await releaseFields(sequelize, scrapers, { by, transaction });
  return { place, filled, moved };
}
