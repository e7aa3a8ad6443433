import { literal, Op, type WhereOptions } from 'sequelize';
import { z } from 'zod';
import { attendanceModes, type Event, eventStatuses } from './event.ts';
import { likePattern } from './like-pattern.ts';
import { booleanWord, idWord, momentWord, pointWord, radiusWord, textWord } from './query-words.ts';
import { within } from './within.ts';

/** Which events are wanted, in the words of an address. All conditions must hold; what is left out does not matter. */
export const eventFilterSchema = z
  .strictObject({
    q: textWord.describe('Text in the name or organizer'),
    placeId: idWord,
    status: z.enum(eventStatuses),
    attendanceMode: z.enum(attendanceModes),
    isAccessibleForFree: booleanWord,
    isPast: booleanWord,
    series: textWord.describe('What the instances of a recurring event have in common'),
    addressLocality: textWord.describe('The locality of its place, whatever its capitals'),
    since: momentWord.describe('Events that go on at or begin after this moment; ISO 8601'),
    until: momentWord.describe('Events that begin before this moment; ISO 8601'),
    near: pointWord.describe('Where its place is: "latitude,longitude" in degrees, WGS 84'),
    radius: radiusWord,
    updatedSince: momentWord,
  })
  .partial();

export type EventFilter = z.infer<typeof eventFilterSchema>;

/** The filter as a condition of Sequelize for `Event`. */
export function eventWhere(filter: EventFilter): WhereOptions<Event> {
  const { q, addressLocality, since, until, near, radius = 1000, updatedSince, ...same } = filter;
  const conditions: WhereOptions<Event>[] = [
    Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined)),
  ];
  if (q !== undefined) {
    const found = { [Op.iLike]: likePattern(q) };
    conditions.push({ [Op.or]: [{ name: found }, { organizer: found }] });
  }
  if (until !== undefined) conditions.push({ startDate: { [Op.lt]: until } });
  if (since !== undefined) {
    // The last day of an event without times of day is part of it.
    const end = `coalesce("Event"."end_date", "Event"."start_date")
      + CASE WHEN "Event"."time_known" THEN interval '0' ELSE interval '1 day' END`;
    const from = `'${since.toISOString()}'`;
    // As in CalDAV (RFC 4791, 9.9): what ends at that moment is over, unless it begins then as well.
    conditions.push(literal(`(${end} > ${from} OR "Event"."start_date" >= ${from})`));
  }
  if (addressLocality !== undefined) {
    conditions.push({
      placeId: { [Op.in]: placesWhere(`place."address_locality" ILIKE ${escaped(addressLocality)}`) },
    });
  }
  if (near !== undefined)
    conditions.push({ placeId: { [Op.in]: placesWhere(within('place', near, radius)) } });
  if (updatedSince !== undefined) conditions.push({ updatedAt: { [Op.gte]: updatedSince } });
  return { [Op.and]: conditions };
}

const placesWhere = (condition: string) => literal(`(SELECT place.id FROM places place WHERE ${condition})`);

/** A text as an SQL literal that is the same whatever the server's settings (E'' escapes backslashes itself). */
function escaped(text: string): string {
  const pattern = likePattern(text).slice(1, -1);
  return `E'${pattern.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
