import { splitAddressLine } from './split-address-line.ts';
import { normaliseText } from './text.ts';

export interface Location {
  /** Of the venue; null when the line is an address only. */
  name: string | null;
  /** One line, for `normalisePostalAddress`; null when there is none. */
  address: string | null;
}

const maxLength = 500;
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
  const text = normaliseText(line.slice(0, maxLength * 4).replace(/[\r\n]+/g, ', '), maxLength);
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
