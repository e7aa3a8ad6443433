import { normaliseTimeZone } from '../normalise/time-zone.ts';
import type { Event } from '../records/event.ts';

/**
 * The moment at which an event is over: its end, or where no time of day is known, or no end, the end of its last day
 * in its own time zone.
 */
export function endOfEvent({
  startDate,
  endDate,
  timeKnown,
  timeZone,
}: Pick<Event, 'startDate' | 'endDate' | 'timeKnown' | 'timeZone'>): Date {
  if (timeKnown && endDate !== null) return endDate;
  const zone = normaliseTimeZone(timeZone) ?? 'UTC';
  const lastDay = (endDate ?? startDate).toTemporalInstant().toZonedDateTimeISO(zone).toPlainDate();
  return new Date(lastDay.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds);
}
