import { QueryTypes } from 'sequelize';
import type { PipelineContext } from '../../src/crawl/pipeline.ts';
import { Place } from '../../src/records/place.ts';
import { boundTo } from './find-known.ts';
import { type Draft, differing } from './match-candidates.ts';

/**
 * Marks places whose rating this source replaces although another one gives them a rating too: it is to be computed
 * from both.
 */
export async function markRatings(
  updated: readonly Draft[],
  { transaction, source, isByPerson = false }: PipelineContext,
): Promise<void> {
  if (isByPerson) return;
  const rated = updated.filter(
    ({ stored, values }) =>
      stored?.aggregateRating && differing(stored, { aggregateRating: values.aggregateRating }).length > 0,
  );
  if (rated.length === 0) return;
  const several = await boundTo({ model: Place }).query<{ id: string }>(
    `SELECT DISTINCT record.id FROM (
       SELECT id, id AS object_id FROM places WHERE id = ANY($1)
       UNION ALL
       SELECT duplicate_of_id, id FROM places WHERE duplicate_of_id = ANY($1)
     ) record
     JOIN source_records ON place_id = record.object_id AND source_name <> $2`,
    { bind: [rated.map(({ id }) => id), source.name], type: QueryTypes.SELECT, transaction },
  );
  const ids = new Set(several.map(({ id }) => id));
  for (const draft of rated) {
    if (draft.id !== null && ids.has(draft.id)) draft.values = { ...draft.values, needsRatingUpdate: true };
  }
}
