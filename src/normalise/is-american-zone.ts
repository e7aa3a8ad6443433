import { normaliseTimeZone } from './time-zone.ts';

let zones: Set<string | null> | null = null;

/**
 * Whether a time zone lies in the United States, where "7/8/2026" is the eighth of July. Canada is left out
 * on purpose: both orders are in use there.
 *
 * @param zone an IANA name as `normaliseTimeZone` gives it
 */
export function isAmericanZone(zone: string | null): boolean {
  if (zone === null) return false;
  zones ??= new Set((new Intl.Locale('und-US').getTimeZones() ?? []).map(normaliseTimeZone));
  return zones.has(zone);
}
