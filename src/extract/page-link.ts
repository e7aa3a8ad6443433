import type { RawLink } from './reader.ts';
import { readerOfLink, readerOfScheme } from './reader-lookup.ts';
import { absoluteUrl } from './text.ts';

/** A link of a page. */
export interface PageLink {
  /** Absolute, http or https, without a fragment. */
  url: string;
  /** The tokens of its `rel` attribute, in lower case. */
  rel: string[];
  kind: PageLinkKind;
  /** The name of the reader of what it leads to, where the link tells. */
  format: string | null;
}

/** A feed lists records apart from the pages of a site (see `Reader.feed`). */
export type PageLinkKind = 'anchor' | 'next' | 'feed' | 'alternate';

const nextText =
  /^(?:next|older|more|later|load more|show more|view more|see more|weiter|nächste[rs]?|mehr|suivante?s?|siguientes?|próxim[ao]s?|volgende|nästa|neste|næste|seuraava|successiv[ao]|prossim[ao]|další|następn[aey]|следующая|次へ|下一页)(?: (?:page|events?|posts?|results?|month|week|day|entries|items|seite|veranstaltungen|page|événements|página|eventos|pagina|evenementen))?$/iu;

/** Resolves the links of a page, each address once: a link that tells more of what it leads to wins over a bare anchor. */
export function resolveLinks(rawLinks: readonly RawLink[], base: string): PageLink[] {
  const links = new Map<string, PageLink>();
  for (const raw of rawLinks) {
    const link = pageLink(raw, base);
    if (link === null) continue;
    const known = links.get(link.url);
    if (known === undefined) {
      links.set(link.url, link);
    } else {
      if (known.kind === 'anchor') known.kind = link.kind;
      known.format ??= link.format;
      for (const token of link.rel) if (!known.rel.includes(token)) known.rel.push(token);
    }
  }
  return [...links.values()];
}

/**
 * Resolves a link and says what kind it is.
 *
 * @param base absolute address that it is resolved against
 * @returns null when it leads nowhere that can be fetched: other schemes, the same page's fragments
 */
function pageLink(link: RawLink, base: string): PageLink | null {
  const href = link.href.trim();
  if (href === '' || href.startsWith('#')) return null;
  const byScheme = readerOfScheme(href);
  const resolved = absoluteUrl(byScheme ? href.replace(/^[^:]+:/, 'https:') : href, base);
  if (resolved === null || !/^https?:/.test(resolved)) return null;
  const fragment = resolved.indexOf('#');
  const url = fragment === -1 ? resolved : resolved.slice(0, fragment);
  const rel =
    link.rel === ''
      ? []
      : link.rel
          .toLowerCase()
          .split(/\s+/)
          .filter((token) => token !== '');
  const reader = byScheme ?? readerOfLink(url, link.type);
  const kind = linkKind(link, rel, reader?.feed === true);
  return kind === null ? null : { url, rel, kind, format: reader?.name ?? null };
}

function linkKind(link: RawLink, rel: readonly string[], isFeed: boolean): PageLinkKind | null {
  if (isFeed) return link.head && !rel.includes('alternate') && !rel.includes('next') ? null : 'feed';
  if (rel.includes('next')) return 'next';
  if (link.head) return rel.includes('alternate') && !rel.includes('stylesheet') ? 'alternate' : null;
  return isNextText(link.text) ? 'next' : 'anchor';
}

function isNextText(text: string): boolean {
  if (text.length > 60) return false;
  const words = text
    .replace(/[\s\u00a0]+/g, ' ')
    .replace(/^[\s«‹<←]+|[\s.…:]+$/gu, '')
    .trim();
  if (/^(?:[›»→>]|>>)$/u.test(words)) return true;
  return nextText.test(words.replace(/[\s›»→>]+$/u, ''));
}
