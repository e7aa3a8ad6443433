import { decodeBody } from './body.ts';
import { readCalendar } from './calendar/icalendar.ts';
import type { Item, PageProblem } from './item.ts';
import { readJsonLd } from './json-ld.ts';
import { mentionsItems, readMicrodata } from './microdata.ts';
import { type PageLink, pageLink, type RawLink } from './page-link.ts';
import type { JsonLdRepairStage } from './repair-json.ts';
import { scanPage } from './scan-page.ts';
import { withoutContradictedOffset } from './shown-time.ts';
import { absoluteUrl, storableText } from './text.ts';

/** A fetched page: what came over the wire and the address it came from, after redirects. */
export interface Page {
  body: Uint8Array;
  contentType: string | null;
  url: string;
}

/** What a page has to say. */
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

export interface ReadPageOptions {
  /** The moment that the window for recurring events is laid around; by default the present. */
  now?: Temporal.Instant;
}

const maxItems = 5_000;
const maxLinks = 10_000;

/**
 * Reads any fetched body: HTML (JSON-LD, microdata, links), a JSON-LD document, an iCalendar feed. What it
 * is follows from the content type and from how the body begins. Anything else (binary, PDF, plain JSON,
 * an empty body) gives no items and no links. It never throws for what a body contains.
 */
export function readPage(page: Page, options: ReadPageOptions = {}): PageContent {
  const content: PageContent = {
    items: [],
    links: [],
    canonicalUrl: null,
    title: null,
    repairs: { none: 0, cleaned: 0, repaired: 0, failed: 0 },
    problems: [],
  };
  if (page.body.length === 0 || isBinary(page.body)) return content;

  const { text, unsupported } = decodeBody(page.body, page.contentType);
  if (unsupported !== null) {
    content.problems.push({
      code: 'charset-unsupported',
      message: `The page is declared as ${unsupported}, which cannot be decoded. It was read as windows-1252.`,
    });
  }
  const form = formOf(text, page.contentType);
  if (form === 'calendar') {
    const calendar = readCalendar(text, options);
    content.items = calendar.items;
    content.problems.push(...calendar.problems);
  } else if (form === 'json-ld') {
    const jsonLd = readJsonLd([{ text, position: 0 }], page.url);
    content.items = jsonLd.items.map(({ item }) => item);
    content.repairs = jsonLd.repairs;
    content.problems.push(...jsonLd.problems);
  } else if (form === 'html') {
    readHtml(text, page.url, content);
  }
  if (content.items.length > maxItems) {
    content.problems.push({
      code: 'too-many-items',
      message: `The page has ${content.items.length} items; at most ${maxItems} are read. The rest was left out.`,
    });
    content.items.length = maxItems;
  }
  return content;
}

function readHtml(html: string, url: string, content: PageContent): void {
  const { collected, tree, tooDeep } = scanPage(html, maxLinks, mentionsItems(html));
  const base = (collected.base === null ? null : absoluteUrl(collected.base, url)) ?? url;
  const jsonLd = readJsonLd(collected.blocks, base);
  let found = jsonLd.items;
  for (const { item } of found) {
    if (item.kind === 'event') item.thing = withoutContradictedOffset(item.thing, html);
  }
  content.repairs = jsonLd.repairs;
  content.problems.push(...jsonLd.problems);
  if (tree !== null) {
    const microdata = readMicrodata(tree.root, base);
    content.problems.push(...microdata.problems);
    found = [...found, ...microdata.items].sort((a, b) => a.position - b.position);
  }
  content.items = found.map(({ item }) => item);
  content.links = resolveLinks(collected.links, base);
  if (collected.links.length >= maxLinks) {
    content.problems.push({
      code: 'too-many-links',
      message: `The page has ${maxLinks} links or more; those after them were left out.`,
    });
  }
  if (tooDeep) {
    content.problems.push({
      code: 'markup-too-deep',
      message: 'The page has elements nested thousands deep. It was read up to there.',
    });
  }
  content.canonicalUrl = collected.canonical === null ? null : absoluteUrl(collected.canonical, base);
  content.title = collected.title === null ? null : storableText(collected.title);
}

/** Each address once: a link that says what it leads to wins over a bare anchor. */
function resolveLinks(rawLinks: readonly RawLink[], base: string): PageLink[] {
  const links = new Map<string, PageLink>();
  for (const raw of rawLinks) {
    const link = pageLink(raw, base);
    if (link === null) continue;
    const known = links.get(link.url);
    if (known === undefined) {
      links.set(link.url, link);
    } else {
      if (known.kind === 'anchor') known.kind = link.kind;
      for (const token of link.rel) if (!known.rel.includes(token)) known.rel.push(token);
    }
  }
  return [...links.values()];
}

type PageForm = 'html' | 'json-ld' | 'calendar' | 'other';

function formOf(text: string, contentType: string | null): PageForm {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (/^\s*BEGIN:VCALENDAR/i.test(text)) return 'calendar';
  if (type === 'text/calendar') return /^\s*</.test(text) ? 'html' : 'calendar';
  if (type === 'application/ld+json') return 'json-ld';
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html';
  const undeclared = type === '' || type === 'text/plain' || type === 'application/octet-stream';
  const xml = type === 'application/xml' || type === 'text/xml';
  if (undeclared && /^\s*<(?:!doctype html|html|head|body|!--|[a-z])/i.test(text)) return 'html';
  return xml && /<html[\s>]/i.test(text.slice(0, 1_000)) ? 'html' : 'other';
}

/** PDF, or NUL bytes near the start that UTF-16 text does not explain. */
function isBinary(body: Uint8Array): boolean {
  if (body[0] === 0x25 && body[1] === 0x50 && body[2] === 0x44 && body[3] === 0x46) return true;
  const utf16 = (body[0] === 0xfe && body[1] === 0xff) || (body[0] === 0xff && body[1] === 0xfe);
  return !utf16 && body.subarray(0, 512).includes(0);
}
