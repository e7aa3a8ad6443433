import { AllowedHosts } from '../../src/crawl/source.ts';
import type { FollowedLink, Visit } from '../../src/crawl/spider.ts';
import type { PageLink } from '../../src/extract/page-link.ts';
import type { PageContent } from '../../src/extract/read-page.ts';

/** More links than this on one page are a menu gone wrong or a trap. */
const maxLinks = 500;

const unreadableFile =
  /\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|pdf|zip|gz|tgz|rar|7z|dmg|exe|apk|css|m?js|json|map|woff2?|ttf|otf|eot|mp[34]|m4[av]|mov|avi|webm|ogg|wav|docx?|xlsx?|pptx?|odt|ods|csv|rss|atom|xml|kml|gpx|vcf|epub)$/i;

/** Paths that lead to a form, a basket or a copy of a page, in the words of the common site systems. */
const uselessPath =
  /(?:^|\/)(?:log-?in|log-?out|sign-?(?:in|up|out)|register|account|my-account|password|cart|basket|checkout|wishlist|wp-admin|wp-login\.php|wp-json|xmlrpc\.php|admin|user|print|share|feed|cgi-bin|privacy(?:-policy)?|imprint|impressum|datenschutz)(?:[/.]|$)/i;

const uselessQuery =
  /(?:^|&)(?:share|replytocom|add-to-cart|add_to_cart|print|redirect_to|return_?to|session_?id|sid|phpsessid)=|(?:^|&)print(?:&|$)/i;

/**
 * Picks the links of a page that are worth reading, the most promising first: further pages of the same list,
 * calendars, pages whose address has one of the spider's words, then the rest. Only the source's own hosts.
 *
 * @param promising what the address of a page of the wanted kind tends to contain
 * @returns at most 500 links, each address once
 */
export function followLinks(page: PageContent, visit: Visit, promising: RegExp): FollowedLink[] {
  const hosts = new AllowedHosts(visit.source);
  const ranked: { rank: number; link: FollowedLink }[] = [];
  const seen = new Set([visit.url]);
  for (const link of page.links) {
    if (seen.has(link.url) || !isReadable(link, hosts)) continue;
    seen.add(link.url);
    ranked.push({ rank: rankOf(link, promising), link: followed(link) });
  }
  // The sort is stable: links of the same rank stay in the order of the page.
  ranked.sort((a, b) => a.rank - b.rank);
  return ranked.slice(0, maxLinks).map(({ link }) => link);
}

function isReadable(link: PageLink, hosts: AllowedHosts): boolean {
  if (link.kind === 'alternate' || !URL.canParse(link.url)) return false;
  const url = new URL(link.url);
  if (!hosts.allows(url)) return false;
  if (link.kind === 'calendar') return true;
  return (
    !unreadableFile.test(url.pathname) &&
    !uselessPath.test(url.pathname) &&
    !uselessQuery.test(url.search.slice(1))
  );
}

function followed(link: PageLink): FollowedLink {
  if (link.kind === 'calendar') return { url: link.url, kind: 'calendar', deeper: false };
  return { url: link.url, kind: 'page', deeper: link.kind !== 'next' };
}

function rankOf(link: PageLink, promising: RegExp): number {
  if (link.kind === 'next') return 0;
  if (link.kind === 'calendar') return 1;
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
