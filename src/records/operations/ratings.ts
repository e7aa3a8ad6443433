import { Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type AggregateRating, normaliseAggregateRating } from '../../normalise/aggregate-rating.ts';
import { Place } from '../place.ts';
import { type Batch, type BatchedResult, type BatchOptions, batchSize, inBatches } from './batches.ts';
import { writePlaces } from './write-places.ts';

/**
 * The mean of what several sources say, weighted by how many ratings each counts; one that does not say how many counts
 * as one. Where the sources' scales differ, the result is of 5.
 *
 * @returns the rating as it is when there is one only; null without any
 */
export function combineRatings(ratings: readonly AggregateRating[]): AggregateRating | null {
  const [first, ...others] = ratings;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const isOneScale = others.every(({ bestRating }) => bestRating === first.bestRating);
  const bestRating = isOneScale ? first.bestRating : 5;
  const weightOf = ({ ratingCount }: AggregateRating) => ratingCount ?? 1;
  const weight = ratings.reduce((sum, rating) => sum + weightOf(rating), 0);
  // Nobody has rated: a mean of nothing is no better than what the first source says.
  if (weight === 0) return first;
  const total = ratings.reduce(
    (sum, rating) => sum + (rating.ratingValue / rating.bestRating) * weightOf(rating),
    0,
  );
  const counted = ratings.filter(({ ratingCount }) => ratingCount !== null);
  return {
    ratingValue: Math.round((total / weight) * bestRating * 100) / 100,
    ratingCount: counted.length === 0 ? null : counted.reduce((sum, rating) => sum + weightOf(rating), 0),
    bestRating,
  };
}

/**
 * The last rating that each source gave to places, or to duplicates that were merged into them, as the log has it. What
 * was undone does not count.
 *
 * @returns by the id of the place; nothing for a place that no source has rated
 */
export async function ratingsOfSources(
  sequelize: Sequelize,
  placeIds: readonly string[],
  transaction: Transaction,
): Promise<Map<string, AggregateRating[]>> {
  const rows = await sequelize.query<{ placeId: string; rating: unknown }>(
    `SELECT DISTINCT ON (record.place_id, source_name) record.place_id::text AS "placeId",
            entry.changes -> 'aggregateRating' -> 1 AS rating
     FROM (
       SELECT id AS place_id, id AS object_id FROM places WHERE id = ANY($1)
       UNION ALL
       SELECT duplicate_of_id, id FROM places WHERE duplicate_of_id = ANY($1)
     ) record
     JOIN log_entries entry ON entry.model = 'Place' AND entry.object_id = record.object_id::text
     JOIN runs ON runs.id = entry.run_id AND source_name IS NOT NULL
     WHERE entry.changes ? 'aggregateRating'
       AND NOT EXISTS (SELECT FROM undone_entries WHERE entry_id = entry.id)
     ORDER BY record.place_id, source_name, entry.id DESC`,
    { bind: [[...placeIds]], type: QueryTypes.SELECT, transaction },
  );
  const ratings = new Map<string, AggregateRating[]>();
  for (const { placeId, rating } of rows) {
    const read = normaliseAggregateRating(rating);
    if (read !== null) ratings.set(placeId, [...(ratings.get(placeId) ?? []), read]);
  }
  return ratings;
}

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
