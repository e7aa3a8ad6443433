import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

const maxLength = 200;

/**
 * A telephone number in E.164 ("+13125552671"). An extension follows as in RFC 3966, section 3:
 * "+13125552671;ext=12"; without it the number would reach somebody else. Of several numbers in one value
 * ("555-1234 / 555-1235") the first is taken.
 *
 * The check knows each country's lengths and leading digits, not every assigned block. Numbers that are only
 * zeros, one repeated digit, or end in seven zeros are placeholders and refused.
 *
 * @param country ISO 3166-1 alpha-2 code for numbers written without a country code; null: such are refused
 */
export function normaliseTelephone(value: string, country: string | null): string | null {
  if (value.length > maxLength || !/\d{3}|\d\D?\d\D?\d/.test(value)) return null;
  const code = country?.toUpperCase();
  const home = code !== undefined && isSupportedCountry(code) ? code : undefined;
  return read(value, home) ?? readFirst(value, home);
}

type Home = Parameters<typeof parsePhoneNumberFromString>[1];

function readFirst(value: string, home: Home): string | null {
  const [first, second] = value.split(/[;|,\n]|\s\/\s|\s+or\s+/i, 2);
  return first === undefined || second === undefined ? null : read(first, home);
}

function read(value: string, home: Home): string | null {
  const number = parsePhoneNumberFromString(value.trim(), home);
  if (!number?.isValid()) return null;
  const digits = number.nationalNumber;
  if (/^(\d)\1*$/.test(digits) || digits.endsWith('0000000')) return null;
  return number.ext === undefined ? number.number : `${number.number};ext=${number.ext}`;
}
