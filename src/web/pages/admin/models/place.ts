import { z } from 'zod';
import { countryCode, telephone, timeZone, webAddress } from '../../../../records/field-schemas.ts';
import { Place } from '../../../../records/place.ts';
import { adminModel } from '../admin-model.ts';

const rating = z.strictObject({
  ratingValue: z.number(),
  ratingCount: z.int().min(0).nullable(),
  bestRating: z.number().positive(),
});

const degrees = (most: number) =>
  z.number().refine((value) => Math.abs(value) <= most, `This must be from -${most} to ${most}.`);

export const place = adminModel({
  model: Place,
  path: 'places',
  label: 'Places',
  singular: 'place',
  editor: 'editor',
  sourceKey: 'placeId',
  list: ['name', 'streetAddress', 'addressLocality', 'categories', 'isClosed', 'duplicateOfId', 'updatedAt'],
  orders: ['name', '-name', '-updatedAt', 'addressLocality', '-id', 'id'],
  search: ['name', 'streetAddress', 'addressLocality', 'identifier'],
  filters: ['addressLocality', 'addressCountry', 'categories', 'isClosed', 'isDuplicate', 'duplicateOfId'],
  groups: [
    {
      title: 'What it is',
      fields: ['name', 'description', 'categories', 'url', 'image', 'sameAs', 'identifier'],
    },
    {
      title: 'Where it is',
      fields: [
        ...(['streetAddress', 'addressLocality', 'addressRegion', 'postalCode', 'addressCountry'] as const),
        ...(['latitude', 'longitude', 'timeZone'] as const),
      ],
    },
    {
      title: 'For visitors',
      fields: ['telephone', 'email', 'openingHours', 'priceRange', 'aggregateRating', 'needsRatingUpdate'],
    },
    { title: 'Whether it counts', fields: ['isClosed', 'isDuplicate', 'duplicateOfId'] },
  ],
  fields: {
    description: { isLong: true },
    identifier: { maxLength: 600 },
    postalCode: { maxLength: 100 },
    priceRange: { maxLength: 100 },
    url: { schema: webAddress },
    image: { schema: webAddress },
    sameAs: { schema: webAddress },
    addressCountry: { schema: countryCode, help: 'Two capital letters, as US or GB.' },
    latitude: { schema: degrees(90), help: 'Degrees north; south is negative.' },
    longitude: { schema: degrees(180), help: 'Degrees east; west is negative.' },
    timeZone: { schema: timeZone, help: 'An IANA name, as America/Chicago.' },
    telephone: { schema: telephone, help: 'With the country’s code, as +13125550100.' },
    email: { schema: z.email(), maxLength: 254 },
    openingHours: { help: 'As Mo-Fr 09:00-17:00.' },
    aggregateRating: {
      schema: rating,
      help: 'As {"ratingValue": 4.5, "ratingCount": 12, "bestRating": 5}; ratingCount may be null.',
    },
  },
  operations: [{ path: 'merge', label: 'Merge duplicates into it…' }],
  checks: [
    {
      field: 'longitude',
      holds: ({ latitude, longitude }) => (latitude === null) === (longitude === null),
      message: 'Latitude and longitude go together: give both, or neither.',
    },
    {
      field: 'duplicateOfId',
      holds: ({ id, isDuplicate, duplicateOfId }) =>
        (duplicateOfId ?? null) === null || (isDuplicate && duplicateOfId !== id),
      message:
        'Only a duplicate is a duplicate of another place. Set “is duplicate” too, and name another place.',
    },
  ],
});
