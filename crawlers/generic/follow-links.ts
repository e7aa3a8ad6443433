import { AllowedHosts } from '../../src/crawl/source.ts';
import type { FollowedLink, Visit } from '../../src/crawl/spider.ts';
import type { ItemKind } from '../../src/extract/item.ts';
import type { PageLink } from '../../src/extract/page-link.ts';
import type { PageContent } from '../../src/extract/read-page.ts';
import { isReadEnding, readerNamed } from '../../src/extract/reader-lookup.ts';

/** More links than this on one page are a menu gone wrong or a trap. */
const maxLinks = 500;

/** Endings of files that hold no pages. Those that a reader reads are followed all the same. */
const otherFile =
  /\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|pdf|zip|gz|tgz|rar|7z|dmg|exe|apk|css|m?js|json|map|woff2?|ttf|otf|eot|mp[34]|m4[av]|mov|avi|webm|ogg|wav|docx?|xlsx?|pptx?|odt|ods|csv|rss|atom|xml|kml|gpx|vcf|epub)$/i;

/** Paths that lead to a form, a basket or a copy of a page, in the words of the common site systems. */
const uselessPath =
  /(?:^|\/)(?:log-?in|log-?out|sign-?(?:in|up|out)|register|account|my-account|password|cart|basket|checkout|wishlist|wp-admin|wp-login\.php|wp-json|xmlrpc\.php|admin|user|print|share|feed|cgi-bin|privacy(?:-policy)?|imprint|impressum|datenschutz)(?:[/.]|$)/i;

const uselessQuery =
  /(?:^|&)(?:share|replytocom|add-to-cart|add_to_cart|print|redirect_to|return_?to|session_?id|sid|phpsessid)=|(?:^|&)print(?:&|$)/i;

export interface WantedPages {
  /** What the address of a page of the wanted kind tends to contain. */
  promising: RegExp;
  /** The kind of items that the spider reads: feeds that cannot hold it are left out. */
  wanted: ItemKind;
}

/**
 * Picks the links of a page that are worth reading, the most promising first: further pages of the same list, feeds,
 * pages whose address has one of the spider's words, then the rest. Only the source's own hosts.
 *
 * @returns at most 500 links, each address once
 */
export function followLinks(
  page: PageContent,
  visit: Visit,
  { promising, wanted }: WantedPages,
): FollowedLink[] {
  const hosts = new AllowedHosts(visit.source);
  const ranked: { rank: number; link: FollowedLink }[] = [];
  const seen = new Set([visit.url]);
  for (const link of page.links) {
    if (seen.has(link.url) || !isWorthReading(link, hosts, wanted)) continue;
    seen.add(link.url);
    const deeper = link.kind !== 'next' && link.kind !== 'feed';
    ranked.push({ rank: rankOf(link, promising), link: { url: link.url, kind: 'page', deeper } });
  }
  // The sort is stable: links of the same rank stay in the order of the page.
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, maxLinks).map(({ link }) => link);
}

function isWorthReading(link: PageLink, hosts: AllowedHosts, wanted: ItemKind): boolean {
  if (link.kind === 'alternate' || !URL.canParse(link.url)) return false;
  const url = new URL(link.url);
  if (!hosts.allows(url)) return false;
  if (link.kind === 'feed') return readerNamed(link.format)?.gives.includes(wanted) === true;
  return (
    (isReadEnding(url.pathname) || !otherFile.test(url.pathname)) &&
    !uselessPath.test(url.pathname) &&
    !uselessQuery.test(url.search.slice(1))
  );
}

function rankOf(link: PageLink, promising: RegExp): number {
  if (link.kind === 'next') return 0;
  if (link.kind === 'feed') return 1;
  if (link.rel.includes('nofollow')) return 4;
  return promising.test(readablePath(link.url)) ? 2 : 3;
}

/** Path and query as a person would write them, so that words in any script can be found in them. */
function readablePath(address: string): string {
  const { pathname, search } = new URL(address);
  try {
    return decodeURIComponent(pathname + search);
  } catch (error) {
    if (error instanceof URIError) return pathname + search;
    throw error;
  }
}
