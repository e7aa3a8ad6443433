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
