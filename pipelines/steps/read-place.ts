import type { ItemSource } from '../../src/crawl/source.ts';
import type { Thing } from '../../src/extract/item.ts';
import { addressesOf, textOf, textsOf, thingsOf, valuesOf } from '../../src/extract/thing-properties.ts';
import { normalisePostalAddress } from '../../src/normalise/address.ts';
import { normaliseAggregateRating } from '../../src/normalise/aggregate-rating.ts';
import { normaliseCategories } from '../../src/normalise/categories.ts';
import { normaliseCoordinates } from '../../src/normalise/coordinates.ts';
import { normaliseOpeningHours } from '../../src/normalise/opening-hours.ts';
import { normaliseTelephone } from '../../src/normalise/telephone.ts';
import { normaliseMultilineText, normaliseText } from '../../src/normalise/text.ts';
import { normaliseEmail, normaliseUrl } from '../../src/normalise/web.ts';
import { timeZoneOfPlace } from '../../src/normalise/zones.ts';
import type { Place } from '../../src/records/place.ts';
import type { Reading } from './reject-items.ts';
import { said } from './thing-properties.ts';

/** What an item says about a place; what it does not say is absent and leaves the record as it is. */
export type PlaceValues = Pick<Place, 'name'> & Partial<Pick<Place, PlaceField>>;

type PlaceField =
  | 'description'
  | 'url'
  | 'image'
  | 'sameAs'
  | 'identifier'
  | 'streetAddress'
  | 'addressLocality'
  | 'addressRegion'
  | 'postalCode'
  | 'addressCountry'
  | 'latitude'
  | 'longitude'
  | 'timeZone'
  | 'telephone'
  | 'email'
  | 'openingHours'
  | 'priceRange'
  | 'categories'
  | 'aggregateRating';

/** Types that say no more than that it is a place. */
const plainTypes = new Set(['Place', 'LocalBusiness', 'Thing', 'Organization', 'CivicStructure']);

const maxNameLength = 300;

/** Validates and normalises a place. It must have a name; everything else may be missing or unreadable. */
export function readPlace(thing: Thing, source: ItemSource): Reading<PlaceValues> {
  const address = normalisePostalAddress(thing.address, source.country ?? null);
  const name = normaliseText(textOf(thing, 'name') ?? '', maxNameLength) ?? address?.streetAddress ?? null;
  if (name === null) {
    const message = 'A place needs a name or a street address; the page gives neither.';
    return { ok: false, reasons: [{ code: 'NAME_MISSING', field: 'name', message }] };
  }
  const geo = thingsOf(thing, 'geo')[0] ?? thing;
  const coordinates = normaliseCoordinates(geo.latitude, geo.longitude);
  const country = address?.addressCountry ?? null;
  const timeZone = timeZoneOfPlace({
    latitude: coordinates?.latitude ?? null,
    longitude: coordinates?.longitude ?? null,
    country,
  });
  const text = (property: string, maxLength: number) =>
    normaliseText(textOf(thing, property) ?? '', maxLength);
  const hours = [...valuesOf(thing, 'openingHours'), ...valuesOf(thing, 'openingHoursSpecification')];
  const values: PlaceValues = {
    name,
    ...said({
      description: normaliseMultilineText(textOf(thing, 'description') ?? '', 10_000),
      url: firstUrl(addressesOf(thing, 'url')),
      image: firstUrl(addressesOf(thing, 'image')),
      sameAs: urls(addressesOf(thing, 'sameAs')),
      identifier: text('identifier', 200),
      telephone: normaliseTelephone(textOf(thing, 'telephone') ?? '', country ?? source.country ?? null),
      email: normaliseEmail(textOf(thing, 'email') ?? ''),
      openingHours: hours.length === 0 ? null : normaliseOpeningHours(hours),
      priceRange: text('priceRange', 40),
      categories: normaliseCategories([
        ...thing['@type'].filter((type) => !plainTypes.has(type)),
        ...textsOf(thing, 'servesCuisine'),
        ...textsOf(thing, 'category'),
      ]),
      aggregateRating: normaliseAggregateRating(thing.aggregateRating),
      timeZone: timeZone ?? (address === null && coordinates === null ? null : (source.timeZone ?? null)),
    }),
    // Coordinates and address are each taken whole: half of a new address beside half of an old one is wrong.
    ...(coordinates ?? {}),
    ...(address?.streetAddress ? address : said({ ...address })),
  };
  return { ok: true, values };
}

/** The addresses that are usable, each once, at most 20. */
export function urls(addresses: readonly string[]): string[] {
  return [...new Set(addresses.map((address) => normaliseUrl(address)).filter((url) => url !== null))].slice(
    0,
    20,
  );
}

export function firstUrl(addresses: readonly string[]): string | null {
  return urls(addresses)[0] ?? null;
}
