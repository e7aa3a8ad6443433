import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { currentContext } from '../../audit/index.ts';
import { type FieldOfRecord, fieldKey } from '../../audit/read/index.ts';
import { onlyRow } from '../../database/only-row.ts';
import { retryTransaction } from '../../database/retry-transaction.ts';
import { releaseFields, writtenByPeople } from '../../write-policy/index.ts';
import { UserTip, UserVibe, UserVibeTime } from '../contributions.ts';
import { Event } from '../event.ts';
import { PlaceImage } from '../images.ts';
import { Place } from '../place.ts';
import { asOneOperation, type OperationOptions } from './batches.ts';
import { type FilledField, fillFields } from './fill-fields.ts';
import { lockPlaces, type PlacesToMerge } from './write-places.ts';

/** Marks places as closed duplicates of another, and leads to it what was a duplicate of theirs. */
export async function markDuplicates(
  placeId: string,
  duplicateIds: readonly string[],
  transaction: Transaction,
): Promise<void> {
  const ids = [...duplicateIds];
  await Place.update(
    { isDuplicate: true, isClosed: true, duplicateOfId: placeId },
    { where: { id: ids }, transaction },
  );
  await Place.update({ duplicateOfId: placeId }, { where: { duplicateOfId: ids }, transaction });
}

/**
 * Moves the pictures of a place behind those of another. A picture that the other has already stays where it is.
 *
 * @returns how many were moved
 */
export async function moveImages(fromId: string, toId: string, transaction: Transaction): Promise<number> {
  const own = await PlaceImage.findAll({ where: { placeId: toId }, transaction });
  const known = new Set(own.map(({ contentUrl }) => contentUrl));
  const first = Math.max(-1, ...own.map(({ position }) => position)) + 1;
  const others = await PlaceImage.findAll({
    where: { placeId: fromId },
    order: [
      ['position', 'ASC'],
      ['id', 'ASC'],
    ],
    transaction,
    lock: transaction.LOCK.NO_KEY_UPDATE,
  });
  const moved = others.filter(({ contentUrl }) => !known.has(contentUrl));
  for (const [index, image] of moved.entries())
    await image.update({ placeId: toId, position: first + index }, { transaction });
  return moved.length;
}

/**
 * Moves the vibes of a place to another. Where a user has given both the same vibe it stays where it is, and the times
 * that only it has go to the other's.
 *
 * @returns how many vibes were moved
 */
export async function moveVibes(fromId: string, toId: string, transaction: Transaction): Promise<number> {
  const both = await UserVibe.findAll({
    where: { placeId: [fromId, toId] },
    order: [['id', 'ASC']],
    transaction,
    lock: transaction.LOCK.NO_KEY_UPDATE,
  });
  const own = both.filter(({ placeId }) => placeId === toId);
  const twins = new Map(own.map((vibe) => [keyOf(vibe), vibe]));
  let moved = 0;
  for (const vibe of both.filter(({ placeId }) => placeId === fromId)) {
    const twin = twins.get(keyOf(vibe));
    if (twin === undefined) {
      await vibe.update({ placeId: toId }, { transaction });
      moved += 1;
    } else await moveTimes(vibe, twin, transaction);
  }
  return moved;
}

function keyOf({ userId, vibe }: UserVibe): string {
  return JSON.stringify([userId, vibe]);
}

async function moveTimes(from: UserVibe, to: UserVibe, transaction: Transaction): Promise<void> {
  const own = await UserVibeTime.findAll({ where: { userVibeId: to.id }, transaction });
  const known = new Set(own.map(timeKey));
  const times = await UserVibeTime.findAll({
    where: { userVibeId: from.id },
    order: [['id', 'ASC']],
    transaction,
    lock: transaction.LOCK.NO_KEY_UPDATE,
  });
  for (const time of times) {
    if (!known.has(timeKey(time))) await time.update({ userVibeId: to.id }, { transaction });
  }
}

function timeKey({ dayOfWeek, opens, closes }: UserVibeTime): string {
  return JSON.stringify([dayOfWeek.toSorted(), opens, closes]);
}

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
    transaction,
    lock: transaction.LOCK.NO_KEY_UPDATE,
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
  const counts = onlyRow(
    await sequelize.query<MovedRecords & { allImages: number; allVibes: number }>(
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
    ),
  );
  const { allImages, allVibes, ...moved } = counts;
  return {
    place,
    duplicates,
    filled: fillFields(place, duplicates),
    moved,
    left: { images: allImages - moved.images, vibes: allVibes - moved.vibes },
  };
}
