import { distance } from './distance.ts';
import { streetKey } from './street-key.ts';

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
