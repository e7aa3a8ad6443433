import { comparisonKey } from './comparison-key.ts';

const earthRadius = 6_371_008.8;
const radians = Math.PI / 180;

/**
 * The distance between two points on the ground in metres, by the haversine formula on a sphere of the Earth's
 * mean radius: off by half a per cent at most.
 */
export function distance(
  from: { latitude: number; longitude: number },
  to: { latitude: number; longitude: number },
): number {
  const north = Math.sin(((to.latitude - from.latitude) * radians) / 2) ** 2;
  const east = Math.sin(((to.longitude - from.longitude) * radians) / 2) ** 2;
  const chord = north + Math.cos(from.latitude * radians) * Math.cos(to.latitude * radians) * east;
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/**
 * Long forms of words in English and German streets. Both sides of a comparison go through them, so a wrong
 * reading ("St" as Saint) does no harm as long as it is always the same.
 */
const longForms: Readonly<Record<string, string>> = {
  st: 'street',
  str: 'street',
  strasse: 'street',
  ave: 'avenue',
  av: 'avenue',
  blvd: 'boulevard',
  boul: 'boulevard',
  rd: 'road',
  dr: 'drive',
  ln: 'lane',
  ct: 'court',
  pl: 'place',
  sq: 'square',
  pkwy: 'parkway',
  pky: 'parkway',
  hwy: 'highway',
  ter: 'terrace',
  terr: 'terrace',
  cir: 'circle',
  expy: 'expressway',
  plz: 'plaza',
  n: 'north',
  s: 'south',
  e: 'east',
  w: 'west',
  ne: 'northeast',
  nw: 'northwest',
  se: 'southeast',
  sw: 'southwest',
  ste: 'suite',
  apt: 'apartment',
  fl: 'floor',
  flr: 'floor',
  rm: 'room',
  bldg: 'building',
  mt: 'mount',
  ft: 'fort',
  first: '1st',
  second: '2nd',
  third: '3rd',
  fourth: '4th',
  fifth: '5th',
  sixth: '6th',
  seventh: '7th',
  eighth: '8th',
  ninth: '9th',
  tenth: '10th',
};

/**
 * A street and house number reduced to what counts when addresses are compared: abbreviations are written out
 * ("77 W. Washington St" = "77 West Washington Street", "Hauptstr. 5" = "Hauptstraße 5"), and the rest as in
 * `comparisonKey`. Suites and floors stay: they tell neighbours in one building apart.
 */
export function streetKey(street: string): string {
  return comparisonKey(street)
    .split(' ')
    .map((word) => {
      if (Object.hasOwn(longForms, word)) return longForms[word] ?? word;
      // Case folding has already turned "ß" into "ss".
      return word.replace(/(?<=.)str(?:asse)?$/, 'strasse');
    })
    .join(' ');
}

export interface PlacePosition {
  streetAddress: string | null;
  latitude: number | null;
  longitude: number | null;
}

/** Entrances, parcels and geocoders differ by some hundred metres for one and the same stadium. */
const farthest = 500;

/**
 * Whether two places that share a key (see `placeKeys`) are one. They are not when both have coordinates more
 * than 500 m apart, or street addresses that differ. An address that only goes on where the other ends ("…,
 * Suite 1005") does not differ.
 */
export function isSamePlace(a: PlacePosition, b: PlacePosition): boolean {
  if (
    a.streetAddress !== null &&
    b.streetAddress !== null &&
    streetsDiffer(a.streetAddress, b.streetAddress)
  ) {
    return false;
  }
  if (a.latitude === null || a.longitude === null || b.latitude === null || b.longitude === null) return true;
  const from = { latitude: a.latitude, longitude: a.longitude };
  return distance(from, { latitude: b.latitude, longitude: b.longitude }) <= farthest;
}

function streetsDiffer(a: string, b: string): boolean {
  const first = streetKey(a);
  const second = streetKey(b);
  if (first === '' || second === '') return false;
  return first !== second && !first.startsWith(`${second} `) && !second.startsWith(`${first} `);
}

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
