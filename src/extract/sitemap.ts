import { Parser } from 'htmlparser2';
import { decodeBody, inflateBody } from './body.ts';
import type { PageProblem } from './item.ts';
import { mediaType, undeclaredTypes } from './reader.ts';

export interface SitemapEntry {
  url: string;
  /** As written, W3C date or RFC 822 date; null when not given. */
  lastModified: string | null;
}

export interface ScannedSitemap {
  pages: SitemapEntry[];
  sitemaps: SitemapEntry[];
  /** Whether it has the root element of a sitemap or feed. */
  recognised: boolean;
}

const roots: ReadonlySet<string> = new Set(['urlset', 'sitemapindex', 'rss', 'feed', 'rdf']);
const entryNames: ReadonlySet<string> = new Set(['url', 'sitemap', 'item', 'entry']);
const dateNames: ReadonlySet<string> = new Set(['lastmod', 'updated', 'pubdate', 'date']);

/**
 * Reads the addresses of a sitemap or feed in one pass, as written. Names are compared without prefix and
 * case. The first `loc` (or, in a feed, `link`) of an entry is its address; those of images and videos in
 * it have prefixes of their own and are not.
 */
export function scanSitemap(xml: string): ScannedSitemap {
  const found: ScannedSitemap = { pages: [], sitemaps: [], recognised: false };
  let entry: { name: string; url: string; lastModified: string | null } | null = null;
  let capture: 'url' | 'date' | null = null;
  let text = '';

  function closeEntry(): void {
    if (entry !== null && entry.url !== '') {
      const target = entry.name === 'sitemap' ? found.sitemaps : found.pages;
      target.push({ url: entry.url, lastModified: entry.lastModified });
    }
    entry = null;
    capture = null;
  }

  function takeText(): void {
    const value = text.trim();
    if (entry !== null && value !== '') {
      if (capture === 'url' && entry.url === '') entry.url = value;
      if (capture === 'date') entry.lastModified ??= value;
    }
    capture = null;
    text = '';
  }

  const parser = new Parser(
    {
      onopentag(rawName, attributes) {
        const { prefix, name } = splitName(rawName);
        if (roots.has(name)) found.recognised = true;
        if (entryNames.has(name)) {
          closeEntry();
          entry = { name, url: '', lastModified: null };
        } else if (entry !== null && foreign.has(prefix)) {
          takeText();
        } else if (entry !== null && (name === 'loc' || name === 'link')) {
          takeText();
          const alternate = attributes.rel === undefined || attributes.rel === 'alternate';
          if (name === 'link' && attributes.href !== undefined) {
            if (prefix !== 'xhtml' && alternate && entry.url === '') entry.url = attributes.href;
          } else capture = 'url';
        } else if (entry !== null && dateNames.has(name)) {
          takeText();
          capture = 'date';
        }
      },
      ontext(data) {
        if (capture !== null) text += data;
      },
      onclosetag(rawName) {
        const { name } = splitName(rawName);
        if (name === 'loc' || name === 'link' || dateNames.has(name)) takeText();
        else if (entryNames.has(name)) closeEntry();
      },
      onend: closeEntry,
    },
    { xmlMode: true },
  );
  parser.end(xml);
  return found;
}

/** Prefixes of the extensions whose `loc` is that of a picture or film. */
const foreign: ReadonlySet<string> = new Set(['image', 'video', 'news', 'media', 'xhtml']);

function splitName(rawName: string): { prefix: string; name: string } {
  const lower = rawName.toLowerCase();
  const colon = lower.indexOf(':');
  return { prefix: colon === -1 ? '' : lower.slice(0, colon), name: lower.slice(colon + 1) };
}

export interface SitemapContent {
  pages: SitemapEntry[];
  /** Further sitemaps that this one names. */
  sitemaps: SitemapEntry[];
  problems: PageProblem[];
}

const maxUrls = 50_000;

/** XML of any name (feeds too), text, and compressed files. HTML is fetched so that an error page is reported. */
const sitemapType = /^(?:text\/(?:html|xml)|application\/(?:xml|[\w.-]+\+xml|gzip|x-gzip))$/;

/** Whether a body with this Content-Type header may be a sitemap, so that fetching it as one is worthwhile. */
export function isSitemapType(contentType: string | null): boolean {
  const type = mediaType(contentType);
  return undeclaredTypes.has(type) || sitemapType.test(type);
}

/**
 * Reads a sitemap (sitemaps.org 0.9): a urlset or an index, gzipped or not, whatever its name says, the
 * plain text form (one address a line), and the links of an RSS or Atom feed. Lenient: prefixes, unescaped
 * ampersands, CDATA, relative addresses, damaged compression (what came before the damage is read). An HTML
 * page gives nothing and a problem. At most 50 MB when inflated and 50,000 addresses, each once.
 *
 * @param body as fetched
 * @param url absolute address that it was fetched from
 */
export function readSitemap(body: Uint8Array, url: string): SitemapContent {
  const { bytes, problems } = inflateBody(body);
  const { text } = decodeBody(bytes, null, true);
  const content: SitemapContent = { pages: [], sitemaps: [], problems };

  if (isHtml(text)) {
    problems.push({
      code: 'sitemap-not-a-sitemap',
      message: `There is an HTML page in place of a sitemap at ${url}. Nothing was read.`,
    });
    return content;
  }
  const found = text.trimStart().startsWith('<') ? scanSitemap(text) : scanLines(text);
  content.pages = resolve(found.pages, url, problems);
  content.sitemaps = resolve(found.sitemaps, url, problems);
  if (content.pages.length + content.sitemaps.length === 0 && text.trim() !== '' && !found.recognised) {
    problems.push({
      code: 'sitemap-not-a-sitemap',
      message: `There is no sitemap at ${url}. Nothing was read.`,
    });
  }
  return content;
}

function isHtml(text: string): boolean {
  return /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b/i.test(
    text.slice(0, 4_000),
  );
}

function scanLines(text: string): { pages: SitemapEntry[]; sitemaps: SitemapEntry[]; recognised: boolean } {
  const pages = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => /^https?:\/\/\S+$/i.test(line))
    .map((url) => ({ url, lastModified: null }));
  return { pages, sitemaps: [], recognised: pages.length > 0 };
}

function resolve(entries: readonly SitemapEntry[], base: string, problems: PageProblem[]): SitemapEntry[] {
  const resolved = new Map<string, SitemapEntry>();
  let unreadable = 0;
  for (const { url: reference, lastModified } of entries) {
    const address = URL.parse(reference.trim(), base);
    if (address === null || !/^https?:$/.test(address.protocol)) {
      unreadable += 1;
      continue;
    }
    address.hash = '';
    if (resolved.size >= maxUrls) {
      problems.push({
        code: 'sitemap-too-large',
        message: `The sitemap at ${base} has more than ${maxUrls} addresses. The rest was left out.`,
      });
      break;
    }
    if (!resolved.has(address.href)) resolved.set(address.href, { url: address.href, lastModified });
  }
  if (unreadable > 0) {
    problems.push({
      code: 'sitemap-url-unreadable',
      message: `${unreadable} address(es) of the sitemap at ${base} are no web addresses. They were skipped.`,
    });
  }
  return [...resolved.values()];
}
