import { comparisonKey } from './comparison-key.ts';
import { streetKey } from './street-key.ts';

export interface PlaceIdentity {
  name: string;
  streetAddress: string | null;
  addressLocality: string | null;
  postalCode: string | null;
  latitude: number | null;
  longitude: number | null;
  /** The venue's own page; normalised. */
  url: string | null;
  sourceName: string;
}

/**
 * The keys under which the same place is found again, the strongest first. Two places that share any key may
 * be the same; `isSamePlace` decides.
 *
 * 1. `name|street|postal code`, `name|street|locality`: across sources
 * 2. `name|at:latitude,longitude`, to three decimals (about 100 m): across sources
 * 3. `name|url`: across sources; not for the front page of a site, which a chain's branches share
 * 4. `name|street, locality or postal code as far as known|source:NAME`, only when the others give nothing: names
 *    alone ("City Hall") mean something within one source only
 *
 * @returns at least one key; none when the name has nothing to compare
 */
export function placeKeys(place: PlaceIdentity): string[] {
  const name = comparisonKey(place.name);
  if (name === '') return [];
  const street = place.streetAddress === null ? '' : streetKey(place.streetAddress);
  const postalCode = place.postalCode === null ? '' : postalKey(place.postalCode);
  const locality = place.addressLocality === null ? '' : comparisonKey(place.addressLocality);
  const keys: string[] = [];
  if (street !== '' && postalCode !== '') keys.push(`${name}|${street}|${postalCode}`);
  if (street !== '' && locality !== '') keys.push(`${name}|${street}|${locality}`);
  const { latitude, longitude } = place;
  if (latitude !== null && longitude !== null) keys.push(`${name}|at:${round(latitude)},${round(longitude)}`);
  if (place.url !== null && !isFrontPage(place.url)) keys.push(`${name}|url:${place.url}`);
  if (keys.length === 0) {
    const known = [street, locality, postalCode].filter((part) => part !== '');
    keys.push([name, ...known, `source:${place.sourceName}`].join('|'));
  }
  return keys;
}

function isFrontPage(url: string): boolean {
  return (URL.parse(url)?.pathname ?? '/').length <= 1;
}

/** ZIP+4 names a block within the ZIP code, and few pages give it: the first five digits count. */
function postalKey(postalCode: string): string {
  const key = comparisonKey(postalCode).replaceAll(' ', '');
  return /^\d{9}$/.test(key) && postalCode.includes('-') ? key.slice(0, 5) : key;
}

function round(degrees: number): string {
  // Adding 0 turns -0 into 0.
  return (Math.round(degrees * 1_000) / 1_000 + 0).toFixed(3);
}
