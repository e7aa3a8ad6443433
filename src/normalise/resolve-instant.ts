import { localInstant } from './local-instant.ts';
import type { WrittenDateTime } from './read-written-date-time.ts';
import { zoneOffset } from './zone-offset.ts';

const minute = 60_000;
const halfYear = 182 * 86_400_000;

/**
 * The instant that a written date and time means in a zone. A date alone is the first moment of that day.
 *
 * With an offset the instant is kept, with one exception: an offset that the zone uses, but in the other half
 * of the year. Sites that forget daylight saving write the right wall time with the wrong offset, so the wall
 * time counts. "Z" (offset 0) is always an instant.
 *
 * @param written what `readWrittenDateTime` gave
 * @param zone an IANA name that `normaliseTimeZone` has accepted
 * @param notes receives a sentence for everything that was not plain
 * @returns epoch milliseconds
 */
export function resolveInstant(written: WrittenDateTime, zone: string, notes: string[]): number {
  const wall = written.day + (written.time ?? 0);
  if (written.time !== null && written.offset !== null) {
    const instant = wall - written.offset * minute;
    const offset = zoneOffset(zone, instant) / minute;
    if (written.offset === 0 || offset === written.offset) return instant;
    const otherSeason =
      zoneOffset(zone, instant - halfYear) / minute === written.offset ||
      zoneOffset(zone, instant + halfYear) / minute === written.offset;
    if (!otherSeason) return instant;
    notes.push(
      `The offset ${formatOffset(written.offset)} is not in use in ${zone} on that day; the wall time was kept.`,
    );
  }
  const { epochMilliseconds, oddity } = localInstant(zone, wall);
  if (oddity === 'gap' && written.time !== null) {
    notes.push(`Clocks in ${zone} jumped over that time; it was moved forward by the length of the jump.`);
  }
  if (oddity === 'overlap' && written.time !== null) {
    notes.push(`Clocks in ${zone} showed that time twice; the first was taken.`);
  }
  return epochMilliseconds;
}

function formatOffset(minutes: number): string {
  const absolute = Math.abs(minutes);
  const hours = String(Math.floor(absolute / 60)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${hours}:${String(absolute % 60).padStart(2, '0')}`;
}
