import { decodeBody } from './decode-body.ts';
import { inflateBody } from './inflate-body.ts';
import type { PageProblem } from './page-problem.ts';
import { type SitemapEntry, scanSitemap } from './sitemap-scanner.ts';

export interface SitemapContent {
  pages: SitemapEntry[];
  /** Further sitemaps that this one names. */
  sitemaps: SitemapEntry[];
  problems: PageProblem[];
}

const maxUrls = 50_000;

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
