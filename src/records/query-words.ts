import { z } from 'zod';

/** What stands in an address is text: these read it. */
export const idWord = z
  .string()
  .regex(/^[1-9]\d{0,17}$/, 'must be the number of a record')
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
export const textWord = z
  .string()
  .max(200)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must be plain text');

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
