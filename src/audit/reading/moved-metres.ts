import { readChanges } from './field-change.ts';

/**
 * How far an entry moved a point, in metres, rounded, on a sphere of 6,371 km (haversine).
 *
 * @param fields the names of latitude and longitude, which are in degrees
 * @returns null when the entry does not hold both coordinates, old and new
 */
export function movedMetres(
  changes: unknown,
  fields: { latitude: string; longitude: string },
): number | null {
  const read = readChanges(changes);
  const latitude = pair(read.find(({ field }) => field === fields.latitude));
  const longitude = pair(read.find(({ field }) => field === fields.longitude));
  if (latitude === null || longitude === null) return null;
  const [fromLatitude, toLatitude] = latitude.map(radians);
  const [fromLongitude, toLongitude] = longitude.map(radians);
  if (fromLatitude === undefined || toLatitude === undefined) return null;
  if (fromLongitude === undefined || toLongitude === undefined) return null;
  const chord =
    Math.sin((toLatitude - fromLatitude) / 2) ** 2 +
    Math.cos(fromLatitude) * Math.cos(toLatitude) * Math.sin((toLongitude - fromLongitude) / 2) ** 2;
  return Math.round(2 * 6_371_000 * Math.asin(Math.min(1, Math.sqrt(chord))));
}

function pair(change: ReturnType<typeof readChanges>[number] | undefined): [number, number] | null {
  if (change?.kind !== 'value') return null;
  const { old, new: now } = change;
  return typeof old === 'number' && typeof now === 'number' ? [old, now] : null;
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
