import type { CalendarProperty } from './calendar-lines.ts';
import type { ZoneFinder } from './calendar-zone.ts';

/** A DATE or DATE-TIME of a calendar (RFC 5545 §3.3.4, §3.3.5). */
export interface CalendarTime {
  /** What the clock on the wall shows; midnight for a date. */
  wall: Temporal.PlainDateTime;
  /** IANA name or offset, "UTC" for UTC, null for a floating time or a date. */
  zone: string | null;
  dateOnly: boolean;
}

const shape = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?(Z)?)?$/i;

/**
 * Reads one value of a date property. A time with a TZID that no zone is known for is floating.
 *
 * @param value one value; of a period, its start
 * @param onUnknownZone told of each TZID that no zone is known for
 * @returns null when it is no date
 */
export function readCalendarTime(
  value: string,
  property: CalendarProperty,
  findZone: ZoneFinder,
  onUnknownZone: (tzid: string) => void,
): CalendarTime | null {
  const match = shape.exec(value.trim());
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, utc] = match;
  const wall = plainDateTime([year, month, day, hour, minute, second].map((part) => Number(part ?? 0)));
  if (wall === null) return null;
  if (hour === undefined) return { wall, zone: null, dateOnly: true };
  if (property.parameters.get('value')?.toUpperCase() === 'DATE') {
    return { wall: wall.withPlainTime(), zone: null, dateOnly: true };
  }
  if (utc !== undefined) return { wall, zone: 'UTC', dateOnly: false };
  const tzid = property.parameters.get('tzid')?.trim();
  if (tzid === undefined || tzid === '') return { wall, zone: null, dateOnly: false };
  const zone = findZone(tzid);
  if (zone === null) onUnknownZone(tzid);
  return { wall, zone, dateOnly: false };
}

/**
 * Writes a time as items have it: "2026-05-09", "2026-05-09T08:30:00", "2026-05-09T13:30:00Z" or, with a
 * zone, "2026-05-09T08:30:00[America/Chicago]" (RFC 9557).
 */
export function formatCalendarTime({ wall, zone, dateOnly }: CalendarTime): string {
  if (dateOnly) return wall.toPlainDate().toString();
  const text = wall.toString({ smallestUnit: 'second' });
  if (zone === null) return text;
  return zone === 'UTC' ? `${text}Z` : `${text}[${zone}]`;
}

/** The same moment as the clocks of another zone show it; dates and floating times are as they are. */
export function inZone(time: CalendarTime, zone: string | null): CalendarTime {
  if (time.dateOnly || time.zone === null || zone === null || time.zone === zone) return time;
  const wall = time.wall.toZonedDateTime(time.zone).withTimeZone(zone).toPlainDateTime();
  return { wall, zone, dateOnly: false };
}

function plainDateTime(parts: readonly number[]): Temporal.PlainDateTime | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  try {
    const date = Temporal.PlainDate.from({ year, month, day }, { overflow: 'reject' });
    if (hour === 24 && minute === 0) return date.add({ days: 1 }).toPlainDateTime();
    return date.toPlainDateTime(
      Temporal.PlainTime.from({ hour, minute, second: Math.min(second, 59) }, { overflow: 'reject' }),
    );
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
