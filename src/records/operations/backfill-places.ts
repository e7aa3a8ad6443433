import { Op, QueryTypes, type Sequelize, type Transaction, type WhereOptions } from 'sequelize';
import { normaliseTelephone } from '../../normalise/telephone.ts';
import { timeZoneOfPlace } from '../../normalise/zones.ts';
import { Place } from '../place.ts';
import type { BatchedResult, BatchOptions } from './batches.ts';
import { type Batch, batchSize, inBatches } from './batches.ts';
import { type IntendedPlace, writePlaces } from './write-places.ts';

export const backfillFields = ['addressCountry', 'telephone', 'timeZone'] as const;
export type BackfillField = (typeof backfillFields)[number];

export interface BackfillOptions {
  fields: readonly BackfillField[];
  /** ISO 3166-1 alpha-2 codes by the names of sources. */
  countries: ReadonlyMap<string, string>;
}

/**
 * Fills what is known today of places that were stored when it was not: the country of an address that names none, from
 * the place's sources; telephones as E.164; the time zone, from coordinates or country. What a person wrote stays. As
 * the actor of the surrounding context.
 *
 * @returns counts: examined, changed, leftToPeople, undoneBefore
 */
export function backfillPlaces(
  sequelize: Sequelize,
  options: BackfillOptions,
  batch: BatchOptions = {},
): Promise<BatchedResult> {
  return inBatches(
    sequelize,
    (after, transaction) => fillBatch(sequelize, options, after, transaction),
    batch,
  );
}

/** As when places are read: a country alone is no address. */
const hasAddress: WhereOptions<Place> = {
  [Op.or]: (['streetAddress', 'addressLocality', 'addressRegion', 'postalCode'] as const).map((part) => ({
    [part]: { [Op.not]: null },
  })),
};

/** Places that have something to be filled. */
const wanting: Record<BackfillField, WhereOptions<Place>> = {
  addressCountry: { [Op.and]: [{ addressCountry: null }, hasAddress] },
  telephone: { telephone: { [Op.notRegexp]: '^\\+[1-9][0-9]{4,14}(;ext=[0-9]+)?$' } },
  timeZone: {
    timeZone: null,
    [Op.or]: [{ latitude: { [Op.not]: null } }, { addressCountry: { [Op.not]: null } }],
  },
};

async function fillBatch(
  sequelize: Sequelize,
  { fields, countries }: BackfillOptions,
  after: string,
  transaction: Transaction,
): Promise<Batch | null> {
  const places = await Place.findAll({
    where: { [Op.and]: [{ id: { [Op.gt]: after } }, { [Op.or]: fields.map((field) => wanting[field]) }] },
    order: [['id', 'ASC']],
    limit: batchSize,
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  const last = places.at(-1)?.id;
  if (last === undefined) return null;
  const found = fields.includes('addressCountry')
    ? await countriesOfSources(sequelize, places, countries, transaction)
    : new Map<string, string>();
  const intended = places.map((place) => ({ place, values: valuesFor(place, fields, found.get(place.id)) }));
  return {
    last,
    counts: { examined: places.length, ...(await writePlaces(sequelize, intended, transaction)) },
  };
}

function valuesFor(
  place: Place,
  fields: readonly BackfillField[],
  countryOfSources: string | undefined,
): IntendedPlace['values'] {
  const { latitude, longitude } = place;
  const isWithout = place.addressCountry === null && fields.includes('addressCountry');
  const country = place.addressCountry ?? (isWithout ? (countryOfSources ?? null) : null);
  const telephone = fields.includes('telephone') ? normaliseTelephone(place.telephone ?? '', country) : null;
  const timeZone =
    fields.includes('timeZone') && place.timeZone === null
      ? timeZoneOfPlace({ latitude, longitude, country })
      : null;
  return {
    ...(isWithout && country !== null && { addressCountry: country }),
    ...(telephone !== null && { telephone }),
    ...(timeZone !== null && { timeZone }),
  };
}

/** The country of each place's sources, if they agree. */
async function countriesOfSources(
  sequelize: Sequelize,
  places: readonly Place[],
  countries: ReadonlyMap<string, string>,
  transaction: Transaction,
): Promise<Map<string, string>> {
  const rows = await sequelize.query<{ placeId: string; sourceNames: string[] }>(
    `SELECT place_id AS "placeId", array_agg(DISTINCT source_name) AS "sourceNames"
     FROM source_records WHERE place_id = ANY($1) GROUP BY place_id`,
    { bind: [places.map(({ id }) => id)], type: QueryTypes.SELECT, transaction },
  );
  return new Map(
    rows.flatMap(({ placeId, sourceNames }) => {
      const [country, ...others] = new Set(sourceNames.flatMap((name) => countries.get(name) ?? []));
      return country === undefined || others.length > 0 ? [] : [[placeId, country] as const];
    }),
  );
}
