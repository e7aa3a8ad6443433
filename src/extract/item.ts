/**
 * What a reader yields: one schema.org entity found on a page, in schema.org's own words, before any
 * validation. Everything in it is hostile until a pipeline has validated it.
 */
export interface Item {
  kind: ItemKind;
  syntax: ItemSyntax;
  thing: Thing;
}

export type ItemKind = 'event' | 'place';
export type ItemSyntax = 'json-ld' | 'microdata' | 'icalendar';

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

/** Something a reader could not read, said once per kind of trouble. Reading goes on without it. */
export interface PageProblem {
  code: PageProblemCode;
  message: string;
}

export type PageProblemCode =
  | 'charset-unsupported'
  | 'json-ld-unreadable'
  | 'too-many-nodes'
  | 'too-many-items'
  | 'too-many-links'
  | 'markup-too-deep'
  | 'calendar-line-unreadable'
  | 'calendar-component-unreadable'
  | 'calendar-truncated'
  | 'calendar-zone-unknown'
  | 'calendar-recurrence-unreadable'
  | 'calendar-recurrence-cut'
  | 'sitemap-not-a-sitemap'
  | 'sitemap-compressed-damaged'
  | 'sitemap-too-large'
  | 'sitemap-url-unreadable';
