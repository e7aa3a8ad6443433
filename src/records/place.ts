import { Model } from 'sequelize';
import { z } from 'zod';
import type { AggregateRating } from '../normalise/aggregate-rating.ts';
import type { NewRecord, RecordAttributes } from './field.ts';
import {
  country,
  email,
  flag,
  json,
  latitude,
  list,
  longitude,
  longText,
  reference,
  telephone,
  text,
  timeZone,
  webAddress,
} from './fields.ts';
import { recordKind } from './kind.ts';
import { streetKey } from './match/places.ts';

const rating: z.ZodType<AggregateRating> = z.strictObject({
  ratingValue: z.number(),
  ratingCount: z.int().min(0).nullable(),
  bestRating: z.number().positive(),
});

const what = 'What it is';
const where = 'Where it is';
const visitors = 'For visitors';
const counts = 'Whether it counts';

const fields = {
  name: text({
    max: 500,
    isNeeded: true,
    from: { properties: ['name'], by: 'placeName' },
    group: what,
    description: 'What the place is called; its street address where a source gives no name',
  }),
  description: longText({
    max: 100_000,
    from: 'description',
    group: what,
    description: 'Plain text; lines stay lines',
  }),
  url: webAddress({ from: 'url', group: what, description: 'The page of the place itself' }),
  image: webAddress({ from: 'image', group: what, description: 'Address of a picture' }),
  sameAs: list({
    format: 'webAddress',
    from: 'sameAs',
    group: what,
    description: 'Pages elsewhere that are about the same place',
  }),
  identifier: text({ max: 600, from: 'identifier', group: what, description: 'What its source calls it' }),
  streetAddress: text({
    max: 500,
    keyOf: streetKey,
    group: where,
    description: 'Street and house number, or the whole address where it cannot be taken apart',
  }),
  addressLocality: text({ max: 500, group: where, description: 'Town' }),
  addressRegion: text({
    max: 500,
    group: where,
    description: 'State, province or county, as its source writes it',
  }),
  postalCode: text({ max: 100, group: where, description: 'Postal code or ZIP code' }),
  addressCountry: country({
    group: where,
    help: 'Two capital letters, as US or GB.',
    description: 'ISO 3166-1 alpha-2',
  }),
  latitude: latitude({
    group: where,
    help: 'Degrees north; south is negative.',
    description: 'Degrees north, WGS 84',
  }),
  longitude: longitude({
    group: where,
    help: 'Degrees east; west is negative.',
    description: 'Degrees east, WGS 84',
  }),
  timeZone: timeZone({
    from: {
      properties: ['timeZone'],
      by: 'placeTimeZone',
      orFrom: ['latitude', 'longitude', 'addressCountry'],
    },
    group: where,
    help: 'An IANA name, as America/Chicago.',
    description: 'IANA zone; from its coordinates or its country where no source names one',
  }),
  telephone: telephone({
    from: 'telephone',
    group: visitors,
    help: 'With the country’s code, as +13125550100.',
    description: 'E.164; an extension follows as ;ext=12',
  }),
  email: email({ from: 'email', group: visitors, description: 'E-mail address' }),
  openingHours: list({
    from: { properties: ['openingHours', 'openingHoursSpecification'], by: 'openingHours' },
    group: visitors,
    help: 'As Mo-Fr 09:00-17:00.',
    description: 'schema.org openingHours, one range an entry: Mo-Fr 09:00-17:00',
  }),
  priceRange: text({
    max: 100,
    from: 'priceRange',
    group: visitors,
    description: 'How expensive it is, as $$',
  }),
  wheelchairAccessible: flag({
    isNullable: true,
    from: {
      properties: ['amenityFeature', 'wheelchairAccessible', 'isWheelchairAccessible'],
      by: 'amenity',
      matching: 'wheelchair',
    },
    group: visitors,
    description: 'Whether it can be reached and used in a wheelchair; null when that is not known',
  }),
  categories: list({
    from: { properties: ['category', 'servesCuisine', '@type'], by: 'categories' },
    group: what,
    before: 'url',
    description: 'What kind of place it is, in the words of its sources',
  }),
  isClosed: flag({ group: counts, description: 'Closed for good' }),
  isDuplicate: flag({
    group: counts,
    description: 'A place with duplicateOfId is one',
    examples: [true],
  }),
  duplicateOfId: reference('places', { group: counts, description: 'The place that it was merged into' }),
  aggregateRating: json(rating, {
    from: { properties: ['aggregateRating'], by: 'aggregateRating' },
    group: visitors,
    help: 'As {"ratingValue": 4.5, "ratingCount": 12, "bestRating": 5}; ratingCount may be null.',
    description: 'schema.org AggregateRating, from 0 to bestRating',
  }),
  needsRatingUpdate: flag({
    group: visitors,
    isBookkeeping: true,
    description: 'Its rating is to be computed anew from those of its sources',
  }),
};

/** The first says the most: without it, what the others say is no more than a part. */
const address = [
  'streetAddress',
  'addressLocality',
  'addressRegion',
  'postalCode',
  'addressCountry',
] as const;
const coordinates = ['latitude', 'longitude'] as const;

/** A place, in schema.org's words. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Sequelize makes an accessor of each attribute that is defined.
export class Place extends Model<RecordAttributes<typeof fields>, NewRecord<typeof fields>> {}
export interface Place extends RecordAttributes<typeof fields> {}

export const placeDefinition = recordKind(Place, {
  table: 'places',
  itemKind: 'place',
  fields,
  groups: [what, where, visitors, counts],
  together: [address, coordinates],
  joint: [
    { fields: address, properties: ['address'], by: 'postalAddress' },
    { fields: coordinates, properties: ['geo'], by: 'coordinates' },
  ],
  rules: [
    {
      field: 'longitude',
      holds: ({ latitude = null, longitude = null }) => (latitude === null) === (longitude === null),
      message: 'Latitude and longitude go together: give both, or neither.',
    },
    {
      field: 'duplicateOfId',
      holds: ({ id, isDuplicate = false, duplicateOfId = null }) =>
        duplicateOfId === null || (isDuplicate && duplicateOfId !== id),
      message:
        'Only a duplicate is one of another place: say that it is a duplicate too, and name another place.',
    },
  ],
});
