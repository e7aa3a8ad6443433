import { normaliseCountry } from './country.ts';
import { canadianProvinces, usStates } from './regions.ts';

export interface AddressParts {
  streetAddress: string | null;
  /** Town. */
  addressLocality: string | null;
  /** State, province, county: as the page writes it. */
  addressRegion: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2 code. */
  addressCountry: string | null;
}

/** Where the postal code is four or five digits and stands before the town. */
const codeBeforeTown = new Set(
  'AT BE BG CH CZ DE DK EE ES FI FR GR HR HU IT LI LT LU LV MC NL NO PL PT RO RS SE SI SK SM XK'.split(' '),
);
const townAfterCode =
  /^(?:[A-Z]{1,2}-)?(\d{4,5}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}) ([\p{L}][\p{L}\p{M}\d .,'’()/-]*)$/u;
const zip = /^\d{5}(?:-\d{4})?$/;
const stateAndZip = /^([A-Za-z][A-Za-z. ]*?)\.?(?: (\d{5}(?:-\d{4})?))?$/;
const canadian = /^(\p{L}[\p{L} .]*?),? ([A-Z]\d[A-Z]) ?(\d[A-Z]\d)$/iu;
const british = /^(?:(.*?)[, ])?([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})$/i;
/** A town has no digits, except Paris's districts and the like, which are then not sure. */
const town = /^\p{L}[\p{L}\p{M} .'’-]{0,60}$/u;
/** The street words after which a town may follow without a comma. "St" is left out because St. Louis begins with it, and so are directions: "Lake Drive East Chicago". */
const streetThenTown =
  /^(\d.*\b(?:Street|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Lane|Parkway|Pkwy|Highway|Hwy|Place)\.?) (?!(?:North|South|East|West|[NSEW])\b)(\p{Lu}[\p{L}.'’-]+(?: \p{Lu}[\p{L}.'’-]+){0,2})$/u;

const stateCodes = codesOf(usStates);
const provinceCodes = codesOf(canadianProvinces);

/**
 * Takes a one-line address apart where its form leaves no doubt:
 *
 * - United States: "…, Chicago, IL 60602", "…, Chicago, Illinois, 60602, United States". The state must exist,
 *   and a ZIP code, the country, or `country` must confirm it. With a ZIP code and the country, it may be missing.
 * - Canada and the United Kingdom: by the forms of their postal codes.
 * - Most of Europe: "Hauptstraße 5, 10115 Berlin, Germany", if the country is known.
 *
 * @param line one line, parts divided by commas
 * @param country ISO code to assume when the line names none
 * @returns null when not sure; the caller then keeps the line whole
 */
export function splitAddressLine(line: string, country: string | null): AddressParts | null {
  const parts = line.split(/\s*,\s*/).filter((part) => part !== '');
  if (parts.length < 2 || parts.length > 12) return null;
  const stated = statedCountry(parts);
  if (stated !== null) parts.pop();
  const home = stated ?? country;
  if (home === null || home === 'US' || home === 'PR') {
    const american = splitAmerican(parts, home);
    if (american !== null) return american;
  }
  if (home === null || home === 'CA') {
    const address = splitCanadian(parts);
    if (address !== null) return address;
  }
  if (home === 'GB') return splitBritish(parts);
  return home !== null && codeBeforeTown.has(home) ? splitEuropean(parts, home) : null;
}

/** "CA" and "IN" at the end are states more often than countries, so two letters count only as US, USA, UK, GB. */
function statedCountry(parts: string[]): string | null {
  const last = parts.at(-1) ?? '';
  if (stateCodes.has(stateKey(last))) return null;
  if (/^(?:U\.?S\.?A?|UK|GB)\.?$/i.test(last) || /^\p{L}[\p{L}\p{M} .'’-]{3,}$/u.test(last))
    return normaliseCountry(last);
  return null;
}

function splitAmerican(parts: string[], home: string | null): AddressParts | null {
  const rest = [...parts];
  let postalCode: string | null = null;
  if (zip.test(rest.at(-1) ?? '')) postalCode = rest.pop() ?? null;
  if (postalCode !== null && home === 'US' && rest.length > 1 && !stateCodes.has(stateKey(rest.at(-1)))) {
    const place = splitTown(rest);
    return place === null ? null : { ...place, addressRegion: null, postalCode, addressCountry: home };
  }
  const match = stateAndZip.exec(rest.pop() ?? '');
  const state = stateCodes.get(stateKey(match?.[1]));
  if (match === null || state === undefined || (postalCode !== null && match[2] !== undefined)) return null;
  postalCode ??= match[2] ?? null;
  if (postalCode === null && home !== 'US') return null;
  const place = splitTown(rest);
  return place === null ? null : { ...place, addressRegion: state, postalCode, addressCountry: home ?? 'US' };
}

function splitCanadian(parts: string[]): AddressParts | null {
  let match = canadian.exec(parts.at(-1) ?? '');
  let used = 1;
  if (match === null) {
    match = canadian.exec(parts.slice(-2).join(' '));
    used = 2;
  }
  const province = provinceCodes.get(stateKey(match?.[1]));
  const place = splitTown(parts.slice(0, -used));
  if (match === null || province === undefined || place === null) return null;
  const postalCode = `${match[2]} ${match[3]}`.toUpperCase();
  return { ...place, addressRegion: province, postalCode, addressCountry: 'CA' };
}

function splitBritish(parts: string[]): AddressParts | null {
  const match = british.exec(parts.at(-1) ?? '');
  if (match === null) return null;
  const before = match[1] === undefined ? [] : [match[1]];
  const place = splitTown([...parts.slice(0, -1), ...before]);
  const postalCode = `${match[2]} ${match[3]}`.toUpperCase();
  return place === null ? null : { ...place, addressRegion: null, postalCode, addressCountry: 'GB' };
}

function splitEuropean(parts: string[], home: string): AddressParts | null {
  const match = townAfterCode.exec(parts.at(-1) ?? '');
  const [, postalCode, addressLocality] = match ?? [];
  if (postalCode === undefined || addressLocality === undefined) return null;
  const streetAddress = parts.slice(0, -1).join(', ');
  return { streetAddress, addressLocality, addressRegion: null, postalCode, addressCountry: home };
}

function stateKey(text: string | undefined): string {
  return (text ?? '').replace(/\./g, '').toLowerCase();
}

/** By code and by name, both in lower case and without dots. */
function codesOf(names: Readonly<Record<string, string>>): Map<string, string> {
  const codes = new Map<string, string>();
  for (const [code, name] of Object.entries(names)) {
    codes.set(code.toLowerCase(), code);
    codes.set(name.toLowerCase(), code);
  }
  return codes;
}

/** The last part is the town, all before it the street. */
function splitTown(parts: string[]): Pick<AddressParts, 'streetAddress' | 'addressLocality'> | null {
  const last = parts.at(-1);
  if (last === undefined) return null;
  if (town.test(last)) {
    return {
      streetAddress: parts.length === 1 ? null : parts.slice(0, -1).join(', '),
      addressLocality: last,
    };
  }
  const [, street, place] = parts.length === 1 ? (streetThenTown.exec(last) ?? []) : [];
  return street === undefined || place === undefined
    ? null
    : { streetAddress: street, addressLocality: place };
}
