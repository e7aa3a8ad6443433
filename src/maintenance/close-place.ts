import { inTransaction, sequelizeOf } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import { Place } from '../records/place.ts';
import { asOneOperation } from './as-one-operation.ts';
import type { OperationOptions } from './operation-options.ts';

/**
 * Marks a place as closed for good, as the actor of the surrounding context. One that is closed already stays as it is.
 *
 * @throws HotspotsError PLACE_UNKNOWN
 */
export function closePlace(placeId: string, { reason, transaction }: OperationOptions = {}): Promise<Place> {
  return inTransaction(sequelizeOf(Place), transaction, async (within) => {
    const place = await Place.findByPk(placeId, { transaction: within, lock: within.LOCK.NO_KEY_UPDATE });
    if (place === null) throw new HotspotsError('PLACE_UNKNOWN', `There is no place ${placeId}.`);
    return await asOneOperation({ reason }, () => place.update({ isClosed: true }, { transaction: within }));
  });
}
