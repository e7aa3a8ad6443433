import { z } from 'zod';
import { countryCode, telephone, text, timeZone, title, webAddress } from '../../../records/field-schemas.ts';
import { placeFilterSchema, placeWhere } from '../../../records/filters.ts';
import { closePlace } from '../../../records/operations/events.ts';
import { mergePlaces } from '../../../records/operations/merge-places.ts';
import { Place } from '../../../records/place.ts';
import { referenceTo, resource } from '../resource.ts';

const rating = z.strictObject({
  ratingValue: z.number(),
  ratingCount: z.int().min(0).nullable(),
  bestRating: z.number().positive(),
});
const words = z.array(text(500)).max(1000);
const duplicateIdsOf = (body: unknown) =>
  z.object({ duplicateIds: z.array(z.string()) }).parse(body).duplicateIds;

export const places = resource({
  path: 'places',
  label: 'place',
  model: Place,
  required: ['name'],
  fields: {
    name: title(500),
    description: text(100_000).nullable(),
    url: webAddress.nullable(),
    image: webAddress.nullable(),
    sameAs: z.array(webAddress).max(1000),
    identifier: text(600).nullable(),
    streetAddress: text(500).nullable(),
    addressLocality: text(500).nullable(),
    addressRegion: text(500).nullable(),
    postalCode: text(100).nullable(),
    addressCountry: countryCode.nullable(),
    latitude: z.number().min(-90).max(90).nullable(),
    longitude: z.number().min(-180).max(180).nullable(),
    timeZone: timeZone.nullable(),
    telephone: telephone.nullable(),
    email: z.email().max(254).nullable(),
    openingHours: words,
    priceRange: text(100).nullable(),
    categories: words,
    isClosed: z.boolean(),
    isDuplicate: z.boolean().meta({ description: 'A place with duplicateOfId is one', examples: [true] }),
    duplicateOfId: referenceTo('places').nullable(),
    aggregateRating: rating.nullable(),
    needsRatingUpdate: z.boolean(),
  },
  filter: placeFilterSchema,
  where: placeWhere,
  orders: ['id', '-id', 'name', '-name', 'updatedAt', '-updatedAt', 'createdAt', '-createdAt'],
  access: { read: 'public', write: 'editor', remove: 'admin' },
  check: (record) => ({
    ...((record.get('latitude') === null) !== (record.get('longitude') === null) && {
      longitude: 'Latitude and longitude are set together or not at all.',
    }),
    ...((record.get('duplicateOfId') ?? null) !== null &&
      (record.get('isDuplicate') !== true || record.get('duplicateOfId') === record.get('id')) && {
        duplicateOfId:
          'Only a duplicate is one of another place: set isDuplicate too, and name another place.',
      }),
  }),
  actions: [
    {
      name: 'close',
      summary: 'Marks a place as closed for good',
      access: 'editor',
      body: z.strictObject({ reason: text(1000).optional() }),
      run: (id, body, { transaction }) => {
        const { reason } = z.object({ reason: z.string().optional() }).parse(body);
        return closePlace(id, { transaction, ...(reason !== undefined && { reason }) });
      },
    },
    {
      name: 'merge',
      summary: 'Merges duplicates into a place: their events, images, tips and vibes go to it',
      access: 'editor',
      body: z.strictObject({ duplicateIds: z.array(referenceTo('places')).min(1).max(100) }),
      others: duplicateIdsOf,
      run: async (id, body, { sequelize, transaction }) => {
        const duplicateIds = duplicateIdsOf(body);
        return (await mergePlaces(sequelize, { placeId: id, duplicateIds, transaction })).place;
      },
    },
  ],
});
