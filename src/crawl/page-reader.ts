import type { PageContent } from '../extract/read-page.ts';
import { readPage } from '../extract/read-page.ts';
import { readSitemap } from '../extract/sitemap.ts';
import { normaliseUrl } from '../normalise/web.ts';
import type { CrawlRequest, FetchedPage, NewRequest } from './page.ts';
import { emptyOutcome, type PageOutcome } from './page.ts';
import type { Pipeline } from './pipeline.ts';
import type { AllowedHosts, Source } from './source.ts';
import type { RequestKind, Spider } from './spider.ts';

export interface PageReaderParts {
  spider: Spider;
  source: Source;
  pipeline: Pipeline;
  hosts: AllowedHosts;
  /** Whether links lead to further requests; false where every page is a start page already. */
  followsLinks: boolean;
}

/** Turns a fetched page into its items and the requests for its links. Reads bytes only: no network, no database. */
export class PageReader {
  readonly #parts: PageReaderParts;

  constructor(parts: PageReaderParts) {
    this.#parts = parts;
  }

  /** @throws whatever the spider throws */
  read(request: CrawlRequest, page: FetchedPage): PageOutcome {
    const outcome = emptyOutcome(request, 'handled', null, page.statusCode);
    outcome.redirectedTo = redirectTarget(request, page);
    if (request.kind === 'sitemap') {
      const sitemap = readSitemap(page.body, page.url);
      outcome.links = this.#sitemapLinks(request, sitemap);
      outcome.problems = sitemap.problems;
      return outcome;
    }
    const content = readPage(page, { now: page.fetchedAt });
    const { itemKind } = this.#parts.pipeline;
    outcome.items = content.items
      .filter(({ kind }) => kind === itemKind)
      .map((item) => ({ item, pageUrl: page.url, ...pageIdOf(request) }));
    outcome.repairs = content.repairs;
    outcome.problems = content.problems;
    if (this.#parts.followsLinks) outcome.links = this.#pageLinks(request, page, content);
    return outcome;
  }

  #pageLinks(request: CrawlRequest, page: FetchedPage, content: PageContent): NewRequest[] {
    const { spider, source } = this.#parts;
    const { depth } = request;
    return spider
      .follow(content, { url: page.url, depth, source })
      .flatMap((link) => this.#newRequest(link.url, link.kind, link.deeper ? depth + 1 : depth));
  }

  #sitemapLinks(request: CrawlRequest, { pages, sitemaps }: ReturnType<typeof readSitemap>): NewRequest[] {
    return [
      ...pages.flatMap(({ url }) => this.#newRequest(url, 'page', request.depth + 1)),
      ...sitemaps.flatMap(({ url }) => this.#newRequest(url, 'sitemap', request.depth)),
    ];
  }

  /** One request, or none when the source's limits keep it out. */
  #newRequest(address: string, kind: RequestKind, depth: number): NewRequest[] {
    const { source, hosts } = this.#parts;
    if (depth > source.limits.depth) return [];
    const url = normaliseUrl(address);
    if (url === null || !hosts.allows(new URL(url))) return [];
    return [{ url, uniqueKey: url, kind, depth, archiveRecord: null }];
  }
}

/** A record of an archive is known by its id, whatever its address. */
function redirectTarget(request: CrawlRequest, page: FetchedPage): string | null {
  if (request.archiveRecord !== null) return null;
  const url = normaliseUrl(page.url);
  return url === request.uniqueKey ? null : url;
}

/** Several records of an archive may have one address: then the record tells the pages apart. */
function pageIdOf({ archiveRecord, uniqueKey }: CrawlRequest): { pageId: string } | null {
  return archiveRecord !== null && uniqueKey === archiveRecord ? { pageId: archiveRecord } : null;
}
