import { Op, type Sequelize, type Transaction } from 'sequelize';
import { timeZoneOfPlace } from '../../normalise/zones.ts';
import { Place } from '../place.ts';
import type { BatchedResult, BatchOptions } from './batches.ts';
import { type Batch, batchSize, inBatches } from './batches.ts';
import { writePlaces } from './write-places.ts';

export interface TimeZoneOptions {
  /** `addressLocality` of the places; capitals do not matter. */
  city: string;
  /** IANA name; null: of each place by its coordinates, else by its country where that has one zone only. */
  zone: string | null;
}

/**
 * Sets the time zone of the places of a city. One that a person wrote stays. As the actor of the surrounding context.
 *
 * @returns counts: examined, changed, unknown (places without coordinates), leftToPeople, undoneBefore
 */
export function setTimeZone(
  sequelize: Sequelize,
  options: TimeZoneOptions,
  batch: BatchOptions = {},
): Promise<BatchedResult> {
  return inBatches(
    sequelize,
    (after, transaction) => setBatch(sequelize, options, after, transaction),
    batch,
  );
}

async function setBatch(
  sequelize: Sequelize,
  { city, zone }: TimeZoneOptions,
  after: string,
  transaction: Transaction,
): Promise<Batch | null> {
  const locality = sequelize.fn('lower', sequelize.col('address_locality'));
  const places = await Place.findAll({
    where: {
      [Op.and]: [{ id: { [Op.gt]: after } }, sequelize.where(locality, sequelize.fn('lower', city.trim()))],
    },
    order: [['id', 'ASC']],
    limit: batchSize,
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  const last = places.at(-1)?.id;
  if (last === undefined) return null;
  const intended = places.flatMap((place) => {
    const { latitude, longitude, addressCountry: country } = place;
    const timeZone = zone ?? timeZoneOfPlace({ latitude, longitude, country });
    return timeZone === null ? [] : [{ place, values: { timeZone } }];
  });
  const written = await writePlaces(sequelize, intended, transaction);
  const unknown = places.length - intended.length;
  return { last, counts: { examined: places.length, ...written, unknown } };
}
