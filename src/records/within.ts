/** Mean radius of the Earth in metres, as in `src/match/distance.ts`. */
const earthRadius = 6_371_008.8;
const metresPerDegree = (earthRadius * Math.PI) / 180;

/**
 * An SQL condition for places within a distance of a point: a box that an index can find, then the haversine
 * distance. Only numbers go into it.
 *
 * @param table the name under which the statement knows the table of places, quoted
 * @param radius metres
 */
export function within(
  table: string,
  { latitude, longitude }: { latitude: number; longitude: number },
  radius: number,
): string {
  const [lat, long] = [`${table}."latitude"`, `${table}."longitude"`];
  const north = radius / metresPerDegree;
  const distance =
    `2 * ${earthRadius} * asin(least(1, sqrt(power(sin(radians(${lat} - ${latitude}) / 2), 2) + ` +
    `cos(radians(${latitude})) * cos(radians(${lat})) * power(sin(radians(${long} - ${longitude}) / 2), 2))))`;
  const box = `${lat} BETWEEN ${latitude - north} AND ${latitude + north}`;
  return `(${box} AND ${meridians(long, { latitude, longitude }, north)} AND ${distance} <= ${radius})`;
}

/** Near a pole every meridian is near; across the 180th the box has two parts. */
function meridians(
  column: string,
  { latitude, longitude }: { latitude: number; longitude: number },
  north: number,
): string {
  const farthest = Math.min(89.999, Math.abs(latitude) + north);
  const east = north / Math.cos((farthest * Math.PI) / 180);
  if (farthest >= 89.9 || east >= 180) return `${column} IS NOT NULL`;
  const [from, to] = [longitude - east, longitude + east];
  if (from < -180) return `(${column} >= ${from + 360} OR ${column} <= ${to})`;
  if (to > 180) return `(${column} >= ${from} OR ${column} <= ${to - 360})`;
  return `${column} BETWEEN ${from} AND ${to}`;
}
