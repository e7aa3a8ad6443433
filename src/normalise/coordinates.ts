export interface Coordinates {
  /** Degrees north, -90 to 90. */
  latitude: number;
  /** Degrees east, -180 to 180. */
  longitude: number;
}

/** Seven decimals are about a centimetre: what lies beyond is noise that would look like a change. */
const precision = 1e7;
/** Within about ten metres of 0° N 0° E there is only sea: such a pair means "not set". */
const nullIslandRadius = 1e-4;
const maxLength = 40;

/**
 * WGS 84 coordinates from numbers or their text; a decimal comma is understood.
 *
 * @returns both rounded to seven decimals, or null when one of them is missing, unreadable or out of range,
 *   or when the pair is 0, 0
 */
export function normaliseCoordinates(latitude: unknown, longitude: unknown): Coordinates | null {
  const north = readDegrees(latitude, 90);
  const east = readDegrees(longitude, 180);
  if (north === null || east === null) return null;
  if (Math.abs(north) < nullIslandRadius && Math.abs(east) < nullIslandRadius) return null;
  return { latitude: north, longitude: east };
}

function readDegrees(value: unknown, limit: number): number | null {
  let degrees: number;
  if (typeof value === 'number') degrees = value;
  else if (
    typeof value === 'string' &&
    value.length <= maxLength &&
    /^\s*[+-]?\d{1,3}(?:[.,]\d{0,20})?\s*°?\s*$/.test(value)
  ) {
    degrees = Number.parseFloat(value.trim().replace(',', '.'));
  } else return null;
  if (!(Math.abs(degrees) <= limit)) return null;
  // Adding 0 turns -0 into 0, which databases and JSON do not keep apart.
  return Math.round(degrees * precision) / precision + 0;
}
