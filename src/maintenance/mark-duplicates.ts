import type { Transaction } from 'sequelize';
import { Place } from '../records/place.ts';

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
