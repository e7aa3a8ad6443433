import { normaliseCountry } from './country.ts';
import { type AddressParts, splitAddressLine } from './split-address-line.ts';
import { normaliseText } from './text.ts';

export interface Location {
  /** Of the venue; null when the line is an address only. */
  name: string | null;
  /** One line, for `normalisePostalAddress`; null when there is none. */
  address: string | null;
}

const maxLocationLength = 500;
/** "77 West Washington Street", "12-14 High St", "1600A Main"; not "2nd floor". */
const startsWithNumber = /^\d{1,5}(?:-\d{1,5})?[A-Za-z]?\.? +[\p{L}\d]/u;
const streetWord =
  /(?:stra(?:ß|ss)e|str\.|gasse|platz|weg|allee|damm|ring|ufer|\brue|\bavenue|\bvia|\bcalle|\bplaza|\bpiazza|\bplace|straat|laan|plein|gade|vej|gatan|vägen|\bulica|\bul\.)/iu;
/** "Rock Quarry Park - 701 Stadium Drive". */
const dashAndNumber = / [-–—] (?=\d{1,5} \p{L})/gu;
const endsWithNumber = /^\p{L}.* \d{1,4} ?[a-z]?(?:[-/]\d{1,4})?$/u;
/** "CPS Loop Office 42 W. Madison Street": number and direction inside a part begin the street. */
const numberAndDirection = /^(\p{L}.*?) (\d{1,5} (?:[NSEW]\.?|North|South|East|West) \p{L}.*)$/u;

/**
 * Parts the name of a venue from its address in a free line such as iCalendar's LOCATION: "City Hall, Room 200,
 * 121 N. LaSalle St., Chicago, IL 60602". The address begins at the first part that starts with a house
 * number, or that is a street by its words and ends with one, or else with the town, where its form leaves no
 * doubt. Without such a part, all of it is the name.
 *
 * A line that is a web address names no place: both are null.
 */
export function splitLocation(line: string): Location {
  const text = normaliseText(
    line.slice(0, maxLocationLength * 4).replace(/[\r\n]+/g, ', '),
    maxLocationLength,
  );
  if (text === null || /^https?:\/\/\S+$/i.test(text)) return { name: null, address: null };
  const parts = text
    .replace(dashAndNumber, ', ')
    .split(/\s*,\s*/)
    .filter((part) => part !== '');
  const street = parts.findIndex((part) => startsWithNumber.test(part) || isStreet(part));
  if (street !== -1) return build(parts.slice(0, street), parts.slice(street));
  for (const [index, part] of parts.entries()) {
    const [, name, address] = numberAndDirection.exec(part) ?? [];
    if (name === undefined || address === undefined) continue;
    return build([...parts.slice(0, index), name], [address, ...parts.slice(index + 1)]);
  }
  const town = parts.findIndex((_, index) => index > 0 && isTown(parts.slice(index)));
  return town === -1 ? build(parts, []) : build(parts.slice(0, town), parts.slice(town));
}

/** "Chicago, IL 60602": an address in form, but without a street. */
function isTown(parts: string[]): boolean {
  const address = splitAddressLine(parts.join(', '), null);
  return address !== null && address.streetAddress === null;
}

function isStreet(part: string): boolean {
  return endsWithNumber.test(part) && streetWord.test(part);
}

function build(name: string[], address: string[]): Location {
  return { name: name.join(', ') || null, address: address.join(', ') || null };
}

export type PostalAddress = AddressParts;

const maxLines = 6;
const maxCountry = 255;

/** The longest texts, in UTF-16 units. */
export interface AddressLimits {
  /** Of street, town and region: what is longer is cut. */
  readonly line: number;
  /** A longer one is none. */
  readonly postalCode: number;
}

const noLimits: AddressLimits = { line: Number.POSITIVE_INFINITY, postalCode: Number.POSITIVE_INFINITY };

/**
 * An address from schema.org's PostalAddress, a list of which the first counts, or one line of text. A line is
 * taken apart only where its form leaves no doubt (see `splitAddressLine`); otherwise it stays whole in
 * `streetAddress`, where a person can read it. So does an object whose street holds the whole address.
 *
 * @param country ISO code to assume when the address names none
 * @param limits of the fields that the address goes into
 * @returns null when there is nothing but, at most, a country
 */
export function normalisePostalAddress(
  value: unknown,
  country: string | null = null,
  { line: maxLength, postalCode: maxPostalCode } = noLimits,
): PostalAddress | null {
  const address = Array.isArray(value) ? value[0] : value;
  if (typeof address === 'string') return readLine(address, country, maxLength);
  if (typeof address !== 'object' || address === null) return null;
  const streetAddress = readText(Reflect.get(address, 'streetAddress'), maxLength);
  const addressLocality = readText(Reflect.get(address, 'addressLocality'), maxLength);
  const addressRegion = readText(Reflect.get(address, 'addressRegion'), maxLength);
  const postalCode = readPostalCode(Reflect.get(address, 'postalCode'), maxPostalCode);
  const addressCountry = readCountry(Reflect.get(address, 'addressCountry')) ?? country;
  if (addressLocality === null && addressRegion === null && postalCode === null) {
    const line = streetAddress ?? readText(Reflect.get(address, 'name'), maxLength);
    return line === null ? null : readLine(line, addressCountry, maxLength);
  }
  return { streetAddress, addressLocality, addressRegion, postalCode, addressCountry };
}

function readLine(value: string, country: string | null, maxLength: number): PostalAddress | null {
  // Line breaks divide parts of an address; as commas they survive the move to one line.
  const lines = value.slice(0, maxLength * 4).split(/[\r\n]+|<br\s*\/?>/i);
  const filled = lines.map((part) => part.trim()).filter((part) => part !== '');
  const line = normaliseText(filled.join(', '), maxLength * 2);
  if (line === null) return null;
  const whole = {
    streetAddress: line.slice(0, maxLength),
    addressLocality: null,
    addressRegion: null,
    postalCode: null,
    addressCountry: country,
  };
  return splitAddressLine(line, country) ?? whole;
}

function readText(value: unknown, maxLength: number): string | null {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return normaliseText(value, maxLength);
  if (Array.isArray(value)) {
    const lines = value.slice(0, maxLines).map((line) => (typeof line === 'string' ? line.trim() : ''));
    return normaliseText(lines.filter((line) => line !== '').join(', '), maxLength);
  }
  if (typeof value !== 'object' || value === null) return null;
  const name = Reflect.get(value, 'name');
  return typeof name === 'string' ? normaliseText(name, maxLength) : null;
}

function readPostalCode(value: unknown, maxLength: number): string | null {
  const code = readText(value, maxLength + 1);
  return code === null || code.length > maxLength ? null : code.toUpperCase();
}

/** Objects are schema.org's Country; "US" may stand in its name or its identifier. */
function readCountry(value: unknown): string | null {
  const name = readText(value, maxCountry);
  if (name !== null) return normaliseCountry(name);
  if (typeof value !== 'object' || value === null) return null;
  const identifier = Reflect.get(value, 'identifier');
  return typeof identifier === 'string' ? normaliseCountry(identifier) : null;
}
