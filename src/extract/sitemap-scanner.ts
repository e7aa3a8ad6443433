import { Parser } from 'htmlparser2';

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
