import { decodeBody } from './body.ts';
import type { Item, PageProblem } from './item.ts';
import { type PageLink, resolveLinks } from './page-link.ts';
import { mediaType, type ReadOptions } from './reader.ts';
import { readerOf } from './reader-lookup.ts';
import type { JsonLdRepairStage } from './repair-json.ts';

/** A page before it is read: what came over the wire, and the address it came from, after redirects. */
export interface RawPage {
  body: Uint8Array;
  contentType: string | null;
  url: string;
}

/** What was read from a page. */
export interface PageContent {
  /** Events and places, in document order. */
  items: Item[];
  /** Links, each address once, in document order. */
  links: PageLink[];
  /** `<link rel=canonical>`, absolute. */
  canonicalUrl: string | null;
  title: string | null;
  /** How many JSON-LD blocks needed which stage of repair. */
  repairs: Record<JsonLdRepairStage, number>;
  problems: PageProblem[];
}

const maxItems = 5_000;

/**
 * Reads a fetched body with the reader that recognises it, by its content type and by how it begins. A body that no
 * reader recognises (an image, a PDF, plain JSON, an empty body) gives no items and no links. Nothing is thrown for
 * what a body contains.
 *
 * @param options.now the time around which recurring events are expanded; by default the present
 */
export function readPage(page: RawPage, options: Partial<ReadOptions> = {}): PageContent {
  const content: PageContent = {
    items: [],
    links: [],
    canonicalUrl: null,
    title: null,
    repairs: { none: 0, cleaned: 0, repaired: 0, failed: 0 },
    problems: [],
  };
  if (page.body.length === 0) return content;

  const text = textOf(page, content.problems);
  const body = { bytes: page.body, text, type: mediaType(page.contentType), url: page.url };
  const reading = readerOf(body)?.read(body, { now: options.now ?? Temporal.Now.instant() });
  if (reading === undefined) return content;

  content.items = reading.items;
  content.links = resolveLinks(reading.links ?? [], reading.base ?? page.url);
  content.canonicalUrl = reading.canonicalUrl ?? null;
  content.title = reading.title ?? null;
  content.repairs = reading.repairs ?? content.repairs;
  content.problems.push(...(reading.problems ?? []));
  if (content.items.length > maxItems) {
    content.problems.push({
      code: 'too-many-items',
      message: `The page has ${content.items.length} items; at most ${maxItems} are read. The rest was left out.`,
    });
    content.items.length = maxItems;
  }
  return content;
}

function textOf({ body, contentType }: RawPage, problems: PageProblem[]): string {
  if (isBinary(body)) return '';
  const { text, unsupported } = decodeBody(body, contentType);
  if (unsupported !== null) {
    problems.push({
      code: 'charset-unsupported',
      message: `The page is declared as ${unsupported}, which cannot be decoded. It was read as windows-1252.`,
    });
  }
  return text;
}

/** PDF, or NUL bytes near the start that UTF-16 text does not explain. */
function isBinary(body: Uint8Array): boolean {
  if (body[0] === 0x25 && body[1] === 0x50 && body[2] === 0x44 && body[3] === 0x46) return true;
  const utf16 = (body[0] === 0xfe && body[1] === 0xff) || (body[0] === 0xff && body[1] === 0xfe);
  return !utf16 && body.subarray(0, 512).includes(0);
}
