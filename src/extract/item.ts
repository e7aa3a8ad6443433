/**
 * What a reader yields: one schema.org entity found on a page, in schema.org's own words, before any
 * validation. Everything in it is hostile until a pipeline has validated it.
 */
export interface Item {
  kind: ItemKind;
  /** What it was written in: 'json-ld', 'microdata', else the name of the reader. */
  syntax: string;
  thing: Thing;
}

export type ItemKind = 'event' | 'place';

/**
 * A schema.org entity as plain data. `@type` holds local names without the vocabulary's address
 * ("MusicEvent"), `@id` an absolute URL or "_:…". URLs are absolute. A date from iCalendar with a zone
 * is an RFC 9557 string ("2026-05-09T08:30:00[America/Chicago]"); all other dates are as on the page.
 */
export interface Thing {
  '@type': string[];
  '@id'?: string;
  [property: string]: PropertyValue | undefined;
}

export type PropertyValue = string | number | boolean | null | Thing | PropertyValue[];

/** What a reader could not read, once for each kind of problem. The rest of the page is read nevertheless. */
export interface PageProblem {
  /** Lower-case words with hyphens, the format first where it is of one format: "calendar-line-unreadable". */
  code: string;
  message: string;
}
