import { zoneOffset } from './zone-offset.ts';

export interface LocalInstant {
  epochMilliseconds: number;
  /** "gap": clocks jumped over that time; "overlap": clocks showed it twice; null: it happened once. */
  oddity: 'gap' | 'overlap' | null;
}

const day = 86_400_000;

/**
 * The instant at which clocks in a zone show a wall time. A time that clocks skipped moves forward by the
 * length of the jump, and of a time shown twice the first is taken: Temporal's "compatible" rule, which is
 * also RFC 5545, section 3.3.5.
 *
 * @param zone an IANA name that `normaliseTimeZone` has accepted
 * @param wallMilliseconds the wall time written as if it were UTC, as from `Date.UTC`
 */
export function localInstant(zone: string, wallMilliseconds: number): LocalInstant {
  const before = zoneOffset(zone, wallMilliseconds - day);
  const after = zoneOffset(zone, wallMilliseconds + day);
  const early = wallMilliseconds - before;
  if (before === after) return { epochMilliseconds: early, oddity: null };
  const late = wallMilliseconds - after;
  const earlyHolds = zoneOffset(zone, early) === before;
  const lateHolds = zoneOffset(zone, late) === after;
  if (earlyHolds && lateHolds) return { epochMilliseconds: Math.min(early, late), oddity: 'overlap' };
  if (lateHolds) return { epochMilliseconds: late, oddity: null };
  return { epochMilliseconds: early, oddity: earlyHolds ? null : 'gap' };
}
