import type { Sequelize, Transaction } from 'sequelize';
import { fieldKey } from '../audit/read/index.ts';
import { isSamePlace } from '../match/is-same-place.ts';
import { Place } from '../records/place.ts';
import type { BatchCounts, BatchedResult, BatchOptions } from './batch-options.ts';
import { duplicateKeys, findDuplicatePlaces } from './find-duplicate-places.ts';
import { batchSize, inBatches } from './in-batches.ts';
import { markDuplicates } from './mark-duplicates.ts';
import { mergePlaces } from './merge-places.ts';
import { refusedValues } from './refused-values.ts';

interface Pair {
  placeId: string;
  duplicateId: string;
}

/**
 * Finds places that are the same and marks all but the best of each as its closed duplicates, which crawls follow from
 * then on. Two that somebody has taken apart, by hand or by an undo, are left alone. As the actor of the surrounding
 * context.
 *
 * @param options `merge` also moves what hangs on the duplicates to the place that stays, and fills its empty fields
 * @returns counts: examined (duplicates found), marked or merged, leftToPeople, undoneBefore, changedMeanwhile
 */
export async function cleanupDuplicates(
  sequelize: Sequelize,
  { merge = false }: { merge?: boolean } = {},
  batch: BatchOptions = {},
): Promise<BatchedResult> {
  const found = await findDuplicatePlaces();
  const pairs = found.flatMap(({ placeId, duplicateIds }) =>
    duplicateIds.map((duplicateId) => ({ placeId, duplicateId })),
  );
  return await inBatches(
    sequelize,
    async (after, transaction) => {
      const start = Number(after);
      const chunk = pairs.slice(start, start + batchSize);
      if (chunk.length === 0) return null;
      const counts = await cleanUp(sequelize, chunk, merge, transaction);
      return { last: String(start + chunk.length), counts: { examined: chunk.length, ...counts } };
    },
    batch,
  );
}

async function cleanUp(
  sequelize: Sequelize,
  pairs: readonly Pair[],
  merge: boolean,
  transaction: Transaction,
): Promise<BatchCounts> {
  const same = await stillSame(pairs, transaction);
  const intended = same.map(({ placeId, duplicateId }) => ({
    ...{ model: 'Place', objectId: duplicateId, field: 'duplicateOfId', value: placeId },
    pair: { placeId, duplicateId },
  }));
  const refused = await refusedValues(sequelize, intended, transaction);
  const free = intended.filter((value) => !refused.has(fieldKey(value))).map(({ pair }) => pair);
  for (const [placeId, group] of Map.groupBy(free, (pair) => pair.placeId)) {
    const duplicateIds = group.map(({ duplicateId }) => duplicateId);
    if (merge) await mergePlaces(sequelize, { placeId, duplicateIds, transaction });
    else await markDuplicates(placeId, duplicateIds, transaction);
  }
  const refusals = [...refused.values()];
  return {
    [merge ? 'merged' : 'marked']: free.length,
    leftToPeople: refusals.filter((why) => why === 'leftToPeople').length,
    undoneBefore: refusals.filter((why) => why === 'undoneBefore').length,
    changedMeanwhile: pairs.length - same.length,
  };
}

/** The pairs that are the same place now that they are locked. */
async function stillSame(pairs: readonly Pair[], transaction: Transaction): Promise<Pair[]> {
  const places = await Place.findAll({
    where: { id: [...new Set(pairs.flatMap(({ placeId, duplicateId }) => [placeId, duplicateId]))] },
    order: [['id', 'ASC']],
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  const byId = new Map(places.map((place) => [place.id, place]));
  return pairs.filter(({ placeId, duplicateId }) => {
    const [place, duplicate] = [byId.get(placeId), byId.get(duplicateId)];
    if (place === undefined || duplicate === undefined || place.isDuplicate || duplicate.isDuplicate)
      return false;
    const keys = new Set(duplicateKeys(place));
    return isSamePlace(place, duplicate) && duplicateKeys(duplicate).some((key) => keys.has(key));
  });
}
