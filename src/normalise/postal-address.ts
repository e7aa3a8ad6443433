import { normaliseCountry } from './country.ts';
import { type AddressParts, splitAddressLine } from './split-address-line.ts';
import { normaliseText } from './text.ts';

export type PostalAddress = AddressParts;

const maxLength = 255;
const maxPostalCode = 20;
const maxLines = 6;

/**
 * An address from schema.org's PostalAddress, a list of which the first counts, or one line of text. A line is
 * taken apart only where its form leaves no doubt (see `splitAddressLine`); otherwise it stays whole in
 * `streetAddress`, where a person can read it. So does an object whose street holds the whole address.
 *
 * @param country ISO code to assume when the address names none
 * @returns null when there is nothing but, at most, a country
 */
export function normalisePostalAddress(value: unknown, country: string | null = null): PostalAddress | null {
  const address = Array.isArray(value) ? value[0] : value;
  if (typeof address === 'string') return readLine(address, country);
  if (typeof address !== 'object' || address === null) return null;
  const streetAddress = readText(Reflect.get(address, 'streetAddress'));
  const addressLocality = readText(Reflect.get(address, 'addressLocality'));
  const addressRegion = readText(Reflect.get(address, 'addressRegion'));
  const postalCode = readPostalCode(Reflect.get(address, 'postalCode'));
  const addressCountry = readCountry(Reflect.get(address, 'addressCountry')) ?? country;
  if (addressLocality === null && addressRegion === null && postalCode === null) {
    const line = streetAddress ?? readText(Reflect.get(address, 'name'));
    return line === null ? null : readLine(line, addressCountry);
  }
  return { streetAddress, addressLocality, addressRegion, postalCode, addressCountry };
}

function readLine(value: string, country: string | null): PostalAddress | null {
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

function readText(value: unknown): string | null {
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

function readPostalCode(value: unknown): string | null {
  const code = readText(value);
  return code === null || code.length > maxPostalCode ? null : code.toUpperCase();
}

/** Objects are schema.org's Country; "US" may stand in its name or its identifier. */
function readCountry(value: unknown): string | null {
  const name = readText(value);
  if (name !== null) return normaliseCountry(name);
  if (typeof value !== 'object' || value === null) return null;
  const identifier = Reflect.get(value, 'identifier');
  return typeof identifier === 'string' ? normaliseCountry(identifier) : null;
}
