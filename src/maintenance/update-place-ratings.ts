import { Op, type Sequelize, type Transaction } from 'sequelize';
import { Place } from '../records/place.ts';
import type { BatchedResult, BatchOptions } from './batch-options.ts';
import { combineRatings } from './combine-ratings.ts';
import { type Batch, batchSize, inBatches } from './in-batches.ts';
import { ratingsOfSources } from './ratings-of-sources.ts';
import { writePlaces } from './write-places.ts';

/**
 * Computes the rating of places that are marked as needing it: the mean of the last rating of each of their sources. A
 * rating that a person wrote stays, and so does one whose sources are not known any more. As the actor of the
 * surrounding context.
 *
 * @returns counts: examined, changed (also when only the mark was cleared), leftToPeople, undoneBefore
 */
export function updatePlaceRatings(
  sequelize: Sequelize,
  _options: Record<string, never> = {},
  batch: BatchOptions = {},
): Promise<BatchedResult> {
  return inBatches(sequelize, (after, transaction) => updateBatch(sequelize, after, transaction), batch);
}

async function updateBatch(
  sequelize: Sequelize,
  after: string,
  transaction: Transaction,
): Promise<Batch | null> {
  const places = await Place.findAll({
    where: { needsRatingUpdate: true, id: { [Op.gt]: after } },
    order: [['id', 'ASC']],
    limit: batchSize,
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  const last = places.at(-1)?.id;
  if (last === undefined) return null;
  const ratings = await ratingsOfSources(
    sequelize,
    places.map(({ id }) => id),
    transaction,
  );
  const intended = places.map((place) => {
    const aggregateRating = combineRatings(ratings.get(place.id) ?? []);
    return {
      place,
      values: aggregateRating === null ? {} : { aggregateRating },
      marks: { needsRatingUpdate: false },
    };
  });
  return {
    last,
    counts: { examined: places.length, ...(await writePlaces(sequelize, intended, transaction)) },
  };
}
