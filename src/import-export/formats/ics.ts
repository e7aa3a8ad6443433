import ical, { type ICalEventData, ICalEventStatus } from 'ical-generator';
import { config } from '../../config.ts';
import { normaliseTimeZone } from '../../normalise/zones.ts';
import type { ExportedValues, ExportFormat } from '../exported-record.ts';

const ending = 'END:VCALENDAR';

/**
 * iCalendar (RFC 5545): times in UTC, events without a time of day as days, of which DTEND is the day after the last.
 * The UID of an event stays the same for good.
 */
export const ics: ExportFormat = {
  title: 'iCalendar (RFC 5545)',
  mediaType: 'text/calendar; charset=utf-8',
  kinds: ['events'],
  begin: () => parts(calendar().toString()).head,
  record: ({ values, place }) => {
    const single = calendar();
    single.createEvent(eventOf(values, place));
    return parts(single.toString()).events;
  },
  end: () => `${ending}\r\n`,
};

function calendar() {
  return ical({ prodId: { company: 'hotspots', product: 'export', language: 'EN' } });
}

/** The library writes a whole calendar at once: what is around its events is cut off, so that it can be streamed. */
function parts(text: string): { head: string; events: string } {
  const lines = text.replaceAll(/\r?\n/g, '\r\n');
  const end = lines.lastIndexOf(ending);
  const begin = lines.indexOf('BEGIN:VEVENT');
  return begin === -1
    ? { head: lines.slice(0, end), events: '' }
    : { head: lines.slice(0, begin), events: lines.slice(begin, end) };
}

function eventOf(values: ExportedValues, place: ExportedValues | null): ICalEventData {
  const { allDay, timeKnown, startDate, endDate, timeZone, updatedAt, description, url } = values;
  const isDay = allDay === true || timeKnown === false;
  const zone = normaliseTimeZone(String(timeZone)) ?? 'UTC';
  const start = String(startDate);
  const end = endDate === null ? null : String(endDate);
  return {
    id: `event-${String(values.id)}@${new URL(config.publicUrl).hostname}`,
    summary: String(values.name),
    ...(isDay
      ? { allDay: true, start: dayOf(start, zone, 0), end: dayOf(end ?? start, zone, 1) }
      : { start: new Date(start), ...(end !== null && { end: new Date(end) }) }),
    stamp: new Date(String(updatedAt)),
    lastModified: new Date(String(updatedAt)),
    status: statusOf(values.status),
    ...(typeof description === 'string' && { description }),
    ...(typeof url === 'string' && { url }),
    ...(place !== null && { location: locationOf(place) }),
  };
}

/** A day in the event's own zone. */
function dayOf(moment: string, zone: string, later: number): Temporal.PlainDate {
  return Temporal.Instant.from(moment).toZonedDateTimeISO(zone).toPlainDate().add({ days: later });
}

function statusOf(status: unknown): ICalEventStatus {
  if (status === 'EventCancelled') return ICalEventStatus.CANCELLED;
  return status === 'EventPostponed' ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED;
}

function locationOf(place: ExportedValues) {
  const { name, streetAddress, addressLocality, latitude, longitude } = place;
  const address = [streetAddress, addressLocality].filter((part) => typeof part === 'string').join(', ');
  return {
    title: String(name),
    ...(address !== '' && { address }),
    ...(typeof latitude === 'number' &&
      typeof longitude === 'number' && { geo: { lat: latitude, lon: longitude } }),
  };
}
