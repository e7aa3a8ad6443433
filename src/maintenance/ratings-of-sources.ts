import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { normaliseAggregateRating } from '../normalise/aggregate-rating.ts';
import type { AggregateRating } from '../records/place.ts';

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
