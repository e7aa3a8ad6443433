import type { Item, ItemKind, PageProblem } from './item.ts';
import type { JsonLdRepairStage } from './repair-json.ts';

/**
 * One format in which sites publish places and events: how it is asked for, found, recognised and read. Everything
 * that fetching and following must know of a format is derived from here (`reader-lookup.ts`).
 */
export interface Reader {
  /** A short name in lower case, such as "icalendar". */
  readonly name: string;
  /** Media types under which it is served, in lower case and without parameters. Bodies of these types are fetched. */
  readonly types: readonly string[];
  /** Its part of the Accept header: some of `types`, each with a weight (`;q=0.9`) if others are preferred to it. */
  readonly accept: readonly string[];
  /** Endings of paths that lead to it, in lower case and without the dot. Links with these endings are followed. */
  readonly endings: readonly string[];
  /** Schemes of addresses that lead to it and stand for https, in lower case, such as "webcal". */
  readonly schemes?: readonly string[];
  /** Whether an absolute address leads to it, where neither its ending nor its scheme tells. */
  isAddress?(url: string): boolean;
  /**
   * Whether it lists records apart from the pages of a site, as a calendar does. Links to a feed are followed before
   * links to pages, count as the same depth, and are left out by spiders that want none of the kinds in `gives`.
   */
  readonly feed: boolean;
  /** The kinds of items that it can hold. */
  readonly gives: readonly ItemKind[];
  /** Whether a body is in this format. The first reader of the list that says so reads it. */
  recognises(body: PageBody): boolean;
  /** Reads a body. What cannot be read is reported in `problems`; nothing is thrown for what a body contains. */
  read(body: PageBody, options: ReadOptions): Reading;
}

/** A body as readers get it. */
export interface PageBody {
  /** As fetched, content encodings undone. */
  bytes: Uint8Array;
  /** The decoded text; empty for a body that is not text. */
  text: string;
  /** The declared media type in lower case, without parameters; empty where none is declared. */
  type: string;
  /** The absolute address that it came from, after redirects. */
  url: string;
}

export interface ReadOptions {
  /** The time around which recurring events are expanded. */
  now: Temporal.Instant;
}

/** What a reader found in a body. */
export interface Reading {
  /** Events and places, in document order. */
  items: Item[];
  /** Links as written, in document order. */
  links?: readonly RawLink[];
  /** The absolute address that links are resolved against, where it is not the body's own. */
  base?: string;
  /** The canonical address, absolute. */
  canonicalUrl?: string | null;
  title?: string | null;
  /** How many JSON-LD blocks needed which stage of repair. */
  repairs?: Record<JsonLdRepairStage, number>;
  problems?: readonly PageProblem[];
}

/** A link as written on a page. */
export interface RawLink {
  href: string;
  rel: string;
  type: string;
  /** Its text, else its label or title. */
  text: string;
  /** Whether it is a `link` element, which only counts with rel next or alternate. */
  head: boolean;
}

/** Media types that do not tell the format: the body itself decides. */
export const undeclaredTypes: ReadonlySet<string> = new Set(['', 'text/plain', 'application/octet-stream']);

/** The media type of a Content-Type header in lower case, without parameters; empty where there is none. */
export function mediaType(contentType: string | null): string {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}
