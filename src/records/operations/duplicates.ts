import { Op, type Sequelize, type Transaction } from 'sequelize';
import { fieldKey } from '../../audit/read/index.ts';
import { comparisonKey } from '../match/comparison-key.ts';
import { isSamePlace, placeKeys } from '../match/places.ts';
import { Place } from '../place.ts';
import { type BatchCounts, type BatchedResult, type BatchOptions, batchSize, inBatches } from './batches.ts';
import { fillableFields, isEmpty } from './fill-fields.ts';
import { markDuplicates, mergePlaces } from './merge-places.ts';
import { refusedValues } from './write-places.ts';

/** Places that are one: the one to keep, and the others. */
export interface DuplicatePlaces {
  placeId: string;
  duplicateIds: string[];
}

const pageSize = 5000;

/**
 * Finds places that are the same: they share a name and besides address, coordinates, page or telephone, and nothing
 * says that they are two. Of each group the open ones, then the best filled, then the oldest is to be kept. What of all
 * places is compared is held in memory, about 1.5 kB a place.
 *
 * @returns in the order of the ids of the places to keep
 */
export async function findDuplicatePlaces(): Promise<DuplicatePlaces[]> {
  const byKey = new Map<string, RankedPlace[]>();
  for (let after = '0'; ; ) {
    const places = await Place.findAll({
      attributes: [...comparedFields, 'id', 'isClosed'],
      where: { isDuplicate: false, id: { [Op.gt]: after } },
      order: [['id', 'ASC']],
      limit: pageSize,
      raw: true,
    });
    for (const place of places) {
      const ranked = {
        ...positionOf(place),
        id: place.id,
        isClosed: place.isClosed,
        filled: countFilled(place),
      };
      for (const key of duplicateKeys(place)) {
        const group = byKey.get(key);
        if (group === undefined) byKey.set(key, [ranked]);
        else group.push(ranked);
      }
    }
    after = places.at(-1)?.id ?? after;
    if (places.length < pageSize) break;
  }
  return group([...byKey.values()].filter((places) => places.length > 1));
}

/** Keys that mean the same place wherever it was found; a name alone is not enough. */
export function duplicateKeys(place: Place): string[] {
  const { name, streetAddress, addressLocality, postalCode, latitude, longitude, url, telephone } = place;
  const keys = placeKeys({
    name,
    streetAddress,
    addressLocality,
    postalCode,
    latitude,
    longitude,
    url,
    sourceName: '',
  }).filter((key) => !key.endsWith('|source:'));
  return telephone === null ? keys : [...keys, `${comparisonKey(name)}|tel:${telephone}`];
}

/** What tells that two places are one, and how much is known of each. */
const comparedFields = ['name', ...fillableFields] as const;

interface RankedPlace {
  id: string;
  streetAddress: string | null;
  latitude: number | null;
  longitude: number | null;
  isClosed: boolean;
  /** How many fields have a value. */
  filled: number;
}

function positionOf({ streetAddress, latitude, longitude }: Place) {
  return { streetAddress, latitude, longitude };
}

function countFilled(place: Place): number {
  return comparedFields.filter((field) => !isEmpty(place[field])).length;
}

/** Each place goes to the best one that it is the same as; what is only the same as such a one is left for itself. */
function group(groups: readonly (readonly RankedPlace[])[]): DuplicatePlaces[] {
  const groupsOf = new Map<RankedPlace, (readonly RankedPlace[])[]>();
  for (const places of groups)
    for (const place of places) groupsOf.set(place, [...(groupsOf.get(place) ?? []), places]);
  const taken = new Set<RankedPlace>();
  const found: DuplicatePlaces[] = [];
  for (const place of [...groupsOf.keys()].sort(byRank)) {
    if (taken.has(place)) continue;
    taken.add(place);
    const others = new Set((groupsOf.get(place) ?? []).flat());
    const duplicates = [...others].filter((other) => !taken.has(other) && isSamePlace(place, other));
    for (const duplicate of duplicates) taken.add(duplicate);
    if (duplicates.length > 0)
      found.push({ placeId: place.id, duplicateIds: duplicates.map(({ id }) => id).sort(byId) });
  }
  return found.sort((a, b) => byId(a.placeId, b.placeId));
}

function byRank(a: RankedPlace, b: RankedPlace): number {
  return Number(a.isClosed) - Number(b.isClosed) || b.filled - a.filled || byId(a.id, b.id);
}

function byId(a: string, b: string): number {
  return Number(BigInt(a) - BigInt(b));
}

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
    model: 'Place',
    objectId: duplicateId,
    field: 'duplicateOfId',
    value: placeId,
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
