import { z } from 'zod';
import { normaliseTimeZone } from '../../normalise/time-zone.ts';

/** An address of the web. */
export const webAddress = z
  .url({ protocol: /^https?$/, error: 'An address of the web begins with https:// or http://.' })
  .max(2048);

/** The name of a time zone, in the spelling of the IANA database. */
export const timeZone = z.string().transform((name, context) => {
  const known = normaliseTimeZone(name);
  if (known !== null) return known;
  context.addIssue('There is no time zone of that name. One is America/Chicago.');
  return z.NEVER;
});

/** ISO 3166-1 alpha-2. */
export const countryCode = z.string().regex(/^[A-Z]{2}$/, 'A country has two capital letters, as US.');

/** ISO 4217. */
export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'A currency has three capital letters, as USD.');

/** E.164, with an extension as in RFC 3966. */
export const telephone = z
  .string()
  .regex(/^\+[1-9]\d{5,14}(?:;ext=\d{1,11})?$/, 'A telephone number is + and digits, as +13125550100.');
