import lookUpTimeZone from '@photostructure/tz-lookup';
import { normaliseTimeZone } from './time-zone.ts';
import { zoneOffset } from './zone-offset.ts';

const zoneOfCountry = new Map<string, string | null>();

/** Summers and winters at which a country's zones are compared. */
const probes = [2000, 2010, 2020, 2025].flatMap((year) => [Date.UTC(year, 0, 15), Date.UTC(year, 6, 15)]);

/**
 * The time zone in which a place lies: by its coordinates, else by its country, if all clocks of the country
 * agree (Germany: Büsingen and Berlin do; the United States: they do not).
 *
 * @param place coordinates in degrees and an ISO 3166-1 alpha-2 code, each null when not known
 * @returns an IANA name, or null when neither settles it
 */
export function timeZoneOfPlace(place: {
  latitude: number | null;
  longitude: number | null;
  country: string | null;
}): string | null {
  const { latitude, longitude, country } = place;
  if (latitude !== null && longitude !== null && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) {
    return normaliseTimeZone(lookUpTimeZone(latitude, longitude));
  }
  if (country === null || !/^[A-Z]{2}$/.test(country)) return null;
  let zone = zoneOfCountry.get(country);
  if (zone === undefined) {
    zone = onlyZoneOf(country);
    zoneOfCountry.set(country, zone);
  }
  return zone;
}

function onlyZoneOf(country: string): string | null {
  // The IANA database lists Kosovo under Belgrade; Unicode's tables, which Intl reads, list nothing for it.
  if (country === 'XK') return 'Europe/Belgrade';
  const zones = new Intl.Locale(`und-${country}`).getTimeZones() ?? [];
  const [first, ...others] = zones.map(normaliseTimeZone).filter((zone) => zone !== null);
  if (first === undefined) return null;
  const agree = others.every((other) =>
    probes.every((probe) => zoneOffset(other, probe) === zoneOffset(first, probe)),
  );
  return agree ? first : null;
}
