import { QueryTypes, type Sequelize } from 'sequelize';
import type { Place } from '../records/place.ts';
import { type FilledField, fillFields } from './fill-fields.ts';
import { lockPlaces } from './lock-places.ts';
import type { MergeOptions, MovedRecords } from './merge-places.ts';

/** What a merge would do. */
export interface MergePreview {
  /** The place that stays, as it is before. */
  place: Place;
  duplicates: Place[];
  filled: FilledField[];
  moved: MovedRecords;
  /** Pictures and vibes that the place that stays has already; they stay with the duplicates. */
  left: Pick<MovedRecords, 'images' | 'vibes'>;
}

/**
 * What `mergePlaces` would do with these places. Nothing is written.
 *
 * @throws HotspotsError PLACE_UNKNOWN, MERGE_REFUSED
 */
export async function previewMerge(
  sequelize: Sequelize,
  { placeId, duplicateIds }: Pick<MergeOptions, 'placeId' | 'duplicateIds'>,
): Promise<MergePreview> {
  const { place, duplicates } = await lockPlaces({ placeId, duplicateIds });
  const [counts] = await sequelize.query<MovedRecords & { allImages: number; allVibes: number }>(
    `SELECT (SELECT count(*)::int FROM events WHERE place_id = ANY($2)) AS events,
            (SELECT count(*)::int FROM user_tips WHERE place_id = ANY($2)) AS tips,
            (SELECT count(*)::int FROM place_images WHERE place_id = ANY($2)) AS "allImages",
            (SELECT count(*)::int FROM user_vibes WHERE place_id = ANY($2)) AS "allVibes",
            (SELECT count(DISTINCT content_url)::int FROM place_images
             WHERE place_id = ANY($2)
               AND content_url NOT IN (SELECT content_url FROM place_images WHERE place_id = $1)) AS images,
            (SELECT count(DISTINCT (user_id, vibe))::int FROM user_vibes
             WHERE place_id = ANY($2)
               AND (user_id, vibe) NOT IN (SELECT user_id, vibe FROM user_vibes WHERE place_id = $1)) AS vibes`,
    { bind: [place.id, duplicates.map(({ id }) => id)], type: QueryTypes.SELECT },
  );
  if (counts === undefined) throw new TypeError('A count gave no row.');
  const { allImages, allVibes, ...moved } = counts;
  return {
    place,
    duplicates,
    filled: fillFields(place, duplicates),
    moved,
    left: { images: allImages - moved.images, vibes: allVibes - moved.vibes },
  };
}
