import { z } from 'zod';
import { idPattern } from '../ids.ts';
import { normaliseTimeZone } from '../normalise/zones.ts';
import { isStorable } from '../text.ts';

/** An address of the web. */
export const webAddressSchema = z
  .url({ protocol: /^https?$/, error: 'An address of the web begins with https:// or http://.' })
  .max(2048, atMost(2048))
  .meta({ examples: ['https://example.org/'] });

/** The name of a time zone, in the spelling of the IANA database. */
export const timeZoneSchema = z
  .string()
  .meta({ examples: ['America/Chicago'] })
  .transform((name, context) => {
    const known = normaliseTimeZone(name);
    if (known !== null) return known;
    context.addIssue('There is no time zone of that name. One is America/Chicago.');
    return z.NEVER;
  })
  .pipe(z.string());

/** ISO 3166-1 alpha-2. */
export const countryCode = z
  .string()
  .regex(/^[A-Z]{2}$/, 'A country has two capital letters, as US.')
  .meta({ examples: ['US'] });

/** ISO 4217. */
export const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, 'A currency has three capital letters, as USD.')
  .meta({ examples: ['USD'] });

/** E.164, with an extension as in RFC 3966. */
export const telephoneSchema = z
  .string()
  .regex(/^\+[1-9]\d{5,14}(?:;ext=\d{1,11})?$/, 'A telephone number is + and digits, as +13125550100.')
  .meta({ examples: ['+13125550100'] });

/** An e-mail address. */
export const emailSchema = z.email().max(254, atMost(254));

/** A text that the database can hold. */
export const textSchema = (longest: number) =>
  z.string().max(longest, atMost(longest)).refine(isStorable, 'This must be plain text.');

/** A text that is not empty. */
export const title = (longest: number) => textSchema(longest).regex(/\S/, 'This must not be empty.');

/** The number of a record. */
export const recordId = z.string().regex(idPattern, 'This must be the number of a record, as text.');

/** The number of a record of another resource of the API. The document says which, so that programs can follow it. */
export const referenceTo = (path: string) =>
  recordId.meta({ description: `Number of one of /${path}`, 'x-resource': path });

/** A list of texts. */
export const textList = (entry: z.ZodType) => z.array(entry).max(1000, 'This may have at most 1000 entries.');

/** Degrees, WGS 84. */
export function degrees(most: number) {
  const range = `This must be from -${most} to ${most}.`;
  return z.number().min(-most, range).max(most, range);
}

/** A moment with its offset from UTC, to the millisecond. */
export const momentSchema = z.iso
  .datetime({
    offset: true,
    precision: null,
    abort: true,
    error: 'This must be a moment, as 2027-05-09T19:30:00-04:00.',
  })
  .refine((value) => {
    const year = new Date(value).getUTCFullYear();
    return year >= 1 && year <= 9999;
  }, 'This must be a moment of the years 1 to 9999.')
  .meta({ examples: ['2027-05-09T23:30:00.000Z', '2027-05-09T19:30:00-04:00'] });

/** A time of day, "18:00" or "18:00:00". */
export const timeOfDaySchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/, 'This must be a time of day, as 18:00.')
  .meta({ examples: ['18:00:00', '18:00'] });

/** A decimal with at most two places, as text. */
export const price = z
  .string()
  .regex(/^\d{1,10}(?:\.\d{1,2})?$/, 'This must be a price, as "12.50".')
  .meta({ examples: ['12.50'] });

/** A small whole number from 0. */
export const positionSchema = z.int().min(0).max(2_147_483_647);

function atMost(longest: number): string {
  return `This may have at most ${longest} characters.`;
}
