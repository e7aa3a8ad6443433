import { normaliseUrl } from '../normalise/url.ts';
import type { AllowedHosts } from './allowed-hosts.ts';
import type { Archive } from './archive.ts';
import type { NewRequest } from './crawl-request.ts';
import { FetchFailed } from './fetch-failed.ts';
import type { Robots } from './robots.ts';
import type { Source } from './source.ts';

/** The requests that a run over a source begins with: its start URLs, then the sitemaps of their hosts. */
export async function startRequests(
  source: Source,
  hosts: AllowedHosts,
  robots: Robots | null,
): Promise<NewRequest[]> {
  const pages = source.startUrls.map((url) => request(url, 'page'));
  // What a sitemap lists is one level deeper than the start pages.
  if (source.limits.depth === 0) return pages;
  const origins = new Set(source.startUrls.map((url) => new URL(url).origin));
  const sitemaps = await Promise.all([...origins].map((origin) => sitemapsOf(new URL(origin), robots)));
  return [
    ...pages,
    ...sitemaps
      .flat()
      .filter((url) => hosts.allows(new URL(url)))
      .map((url) => request(url, 'sitemap')),
  ];
}

/** One request for each response of an archive. */
export function archiveRequests(archive: Archive): NewRequest[] {
  const requests = archive.responses.map(({ recordId, url }) => ({
    ...request(url, 'page'),
    archiveRecord: recordId,
  }));
  const perAddress = Map.groupBy(requests, ({ uniqueKey }) => uniqueKey);
  return requests.map((one) =>
    perAddress.get(one.uniqueKey)?.length === 1 ? one : { ...one, uniqueKey: one.archiveRecord },
  );
}

/** The sitemap that is tried where robots.txt names none. */
export const usualSitemap = '/sitemap.xml';

async function sitemapsOf(origin: URL, robots: Robots | null): Promise<string[]> {
  const named = robots === null ? [] : await namedSitemaps(origin, robots);
  return named.length > 0 ? named : [new URL(usualSitemap, origin).href];
}

async function namedSitemaps(origin: URL, robots: Robots): Promise<string[]> {
  try {
    return (await robots.rulesFor(origin)).sitemaps;
  } catch (error) {
    // The start pages of this host will fail with the same error, and be recorded with it.
    if (error instanceof FetchFailed) return [];
    throw error;
  }
}

function request(url: string, kind: NewRequest['kind']): NewRequest {
  const address = new URL(url);
  address.hash = '';
  const uniqueKey = normaliseUrl(url) ?? address.href;
  return { url: address.href, uniqueKey, kind, depth: 0, archiveRecord: null };
}
