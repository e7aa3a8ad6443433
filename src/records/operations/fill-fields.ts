import { comparisonKey } from '../match/comparison-key.ts';
import { streetKey } from '../match/places.ts';
import type { Place } from '../place.ts';

/** A field that is empty in one place and has a value in another. */
export interface FilledField {
  field: PlaceField;
  value: unknown;
  /** The place that the value comes from. */
  fromId: string;
}

/** Fields that are taken over one by one. */
const single = [
  'description',
  'url',
  'image',
  'sameAs',
  'identifier',
  'timeZone',
  'telephone',
  'email',
  'openingHours',
  'priceRange',
  'categories',
  'aggregateRating',
] as const;

const address = [
  'streetAddress',
  'addressLocality',
  'addressRegion',
  'postalCode',
  'addressCountry',
] as const;

const coordinates = ['latitude', 'longitude'] as const;

type PlaceField = (typeof single)[number] | (typeof address)[number] | (typeof coordinates)[number];

/**
 * What a place can take over from its duplicates: fields that it has no value for, each from the first that has one.
 * Coordinates are taken together, and parts of an address only from one that does not contradict the place's own.
 */
export function fillFields(place: Place, duplicates: readonly Place[]): FilledField[] {
  const filled = new Map<PlaceField, FilledField>();
  const current = (field: PlaceField) => filled.get(field)?.value ?? place[field];
  for (const duplicate of duplicates) {
    const fields = [
      ...single,
      ...(addressesAgree(current, duplicate) ? address : []),
      ...(isEmpty(current('latitude')) ? coordinates : []),
    ];
    for (const field of fields) {
      const value = duplicate[field];
      if (isEmpty(current(field)) && !isEmpty(value))
        filled.set(field, { field, value, fromId: duplicate.id });
    }
  }
  return [...filled.values()];
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Half of one address beside half of another would be a third one. */
function addressesAgree(current: (field: PlaceField) => unknown, duplicate: Place): boolean {
  return address.every((part) => {
    const [own, other] = [current(part), duplicate[part]];
    if (typeof own !== 'string' || typeof other !== 'string') return true;
    const key = part === 'streetAddress' ? streetKey : comparisonKey;
    return key(own) === key(other);
  });
}
