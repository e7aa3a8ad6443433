import { comparisonKey } from './comparison-key.ts';

/**
 * Long forms of words in English and German streets. Both sides of a comparison go through them, so a wrong
 * reading ("St" as Saint) does no harm as long as it is always the same.
 */
const longForms: Readonly<Record<string, string>> = {
  st: 'street',
  str: 'street',
  strasse: 'street',
  ave: 'avenue',
  av: 'avenue',
  blvd: 'boulevard',
  boul: 'boulevard',
  rd: 'road',
  dr: 'drive',
  ln: 'lane',
  ct: 'court',
  pl: 'place',
  sq: 'square',
  pkwy: 'parkway',
  pky: 'parkway',
  hwy: 'highway',
  ter: 'terrace',
  terr: 'terrace',
  cir: 'circle',
  expy: 'expressway',
  plz: 'plaza',
  n: 'north',
  s: 'south',
  e: 'east',
  w: 'west',
  ne: 'northeast',
  nw: 'northwest',
  se: 'southeast',
  sw: 'southwest',
  ste: 'suite',
  apt: 'apartment',
  fl: 'floor',
  flr: 'floor',
  rm: 'room',
  bldg: 'building',
  mt: 'mount',
  ft: 'fort',
  first: '1st',
  second: '2nd',
  third: '3rd',
  fourth: '4th',
  fifth: '5th',
  sixth: '6th',
  seventh: '7th',
  eighth: '8th',
  ninth: '9th',
  tenth: '10th',
};

/**
 * A street and house number reduced to what counts when addresses are compared: abbreviations are written out
 * ("77 W. Washington St" = "77 West Washington Street", "Hauptstr. 5" = "Hauptstraße 5"), and the rest as in
 * `comparisonKey`. Suites and floors stay: they tell neighbours in one building apart.
 */
export function streetKey(street: string): string {
  return comparisonKey(street)
    .split(' ')
    .map((word) => {
      if (Object.hasOwn(longForms, word)) return longForms[word] ?? word;
      // Case folding has already turned "ß" into "ss".
      return word.replace(/(?<=.)str(?:asse)?$/, 'strasse');
    })
    .join(' ');
}
