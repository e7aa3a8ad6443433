import { literal, Op, type WhereOptions } from 'sequelize';
import { z } from 'zod';
import { idPattern } from '../ids.ts';
import { attendanceModes, eventStatuses } from '../normalise/event-status.ts';
import { isStorable } from '../text.ts';
import type { Event } from './event.ts';
import type { Place } from './place.ts';

/** A pattern for LIKE that finds a text anywhere, whatever signs it has. */
export function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}

/** What stands in an address is text: these read it. */
export const idWord = z
  .string()
  .regex(idPattern, 'must be the number of a record')
  .describe('Number of a record');

export const booleanWord = z
  .enum(['true', 'false'])
  .transform((word) => word === 'true')
  .describe('true or false');

const withZone = { offset: true, local: true };
const momentRule = 'must be a moment of the years 1 to 9999, such as 2027-05-09T19:30Z';

/** A moment: an ISO 8601 date or date-time, in UTC when it names no offset. */
export const momentWord = z
  .union([z.iso.date(), z.iso.datetime(withZone), z.iso.datetime({ ...withZone, precision: -1 })], momentRule)
  .transform(
    (text) => new Date(/T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) || !text.includes('T') ? text : `${text}Z`),
  )
  // The database knows no year 0, and Date writes years of more than four digits otherwise.
  .refine((date) => date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999, momentRule)
  .describe('ISO 8601 date or date-time; UTC when it names no offset');

/** Text that the database can hold. */
export const textWord = z.string().max(200).refine(isStorable, 'must be plain text');

/** A point as "latitude,longitude" in degrees, WGS 84. */
export const pointWord = z
  .string()
  .regex(/^-?\d{1,2}(?:\.\d{1,15})?,-?\d{1,3}(?:\.\d{1,15})?$/, 'must be "latitude,longitude" in degrees')
  .transform((text) => {
    const [latitude = 0, longitude = 0] = text.split(',').map(Number);
    return { latitude, longitude };
  })
  .refine(({ latitude, longitude }) => Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180, {
    error: 'latitude is from -90 to 90, longitude from -180 to 180',
  })
  .describe('"latitude,longitude" in degrees, WGS 84');

/** Metres around a point. */
export const radiusWord = z
  .string()
  .regex(/^\d{1,6}(?:\.\d{1,3})?$/, 'must be a number of metres')
  .transform(Number)
  .pipe(z.number().positive().max(100_000))
  .describe('Metres around the point; 1000 when left out, 100000 at most');

/** Mean radius of the Earth in metres, as in `src/records/match/places.ts`. */
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

/** Which places are wanted, in the words of an address. All conditions must hold; what is left out does not matter. */
export const placeFilterSchema = z
  .strictObject({
    q: textWord.describe('Text in the name, street or locality'),
    name: textWord.describe('The name, whatever its capitals'),
    addressLocality: textWord.describe('The locality, whatever its capitals'),
    addressCountry: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .describe('ISO 3166-1 alpha-2'),
    category: textWord.describe('One of its categories'),
    isClosed: booleanWord,
    isDuplicate: booleanWord,
    duplicateOfId: idWord,
    near: pointWord,
    radius: radiusWord,
    updatedSince: momentWord,
  })
  .partial();

export type PlaceFilter = z.infer<typeof placeFilterSchema>;

/** The filter as a condition of Sequelize for `Place`. */
export function placeWhere(filter: PlaceFilter): WhereOptions<Place> {
  const { q, name, addressLocality, category, near, radius = 1000, updatedSince, ...same } = filter;
  const conditions: WhereOptions<Place>[] = [
    Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined)),
  ];
  if (q !== undefined) {
    const found = { [Op.iLike]: likePattern(q) };
    conditions.push({ [Op.or]: [{ name: found }, { streetAddress: found }, { addressLocality: found }] });
  }
  if (name !== undefined) conditions.push({ name: { [Op.iLike]: likePattern(name).slice(1, -1) } });
  if (addressLocality !== undefined)
    conditions.push({ addressLocality: { [Op.iLike]: likePattern(addressLocality).slice(1, -1) } });
  if (category !== undefined) conditions.push({ categories: { [Op.contains]: [category] } });
  if (near !== undefined) conditions.push(literal(within('"Place"', near, radius)));
  if (updatedSince !== undefined) conditions.push({ updatedAt: { [Op.gte]: updatedSince } });
  return { [Op.and]: conditions };
}
