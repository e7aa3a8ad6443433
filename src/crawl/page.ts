import type { PageProblem } from '../extract/item.ts';
import { isReadType } from '../extract/reader-lookup.ts';
import { isSitemapType } from '../extract/sitemap.ts';
import type { PageItem } from './pipeline.ts';
import type { RequestKind } from './spider.ts';

/** One row of `crawl_requests`: a page that a run has to read, or has read. */
export interface CrawlRequest {
  id: string;
  url: string;
  /** What tells it apart within the run: the normalised URL, or the record of an archive. */
  uniqueKey: string;
  kind: RequestKind;
  depth: number;
  /** The WARC-Record-ID that answers it; null when the answer is looked up by URL. */
  archiveRecord: string | null;
}

/** A request that has no row yet. */
export type NewRequest = Omit<CrawlRequest, 'id'>;

/** What the network or an archive answered: a 2xx response of a kind that is read, with its body decoded. */
export interface FetchedPage {
  /** The address after redirects. */
  url: string;
  statusCode: number;
  contentType: string | null;
  body: Uint8Array;
  /** When the page looked like this. */
  fetchedAt: Temporal.Instant;
}

/** How many redirects of a page are followed. */
export const maxRedirects = 10;

/** Where pages come from. */
export interface PageFetcher {
  /**
   * @throws PageSkipped when it must not or need not be read, FetchFailed when it could not be read,
   *   CrawlStopped when `stop` was called before its turn came
   */
  fetch(request: CrawlRequest): Promise<FetchedPage>;
  /** Lets go of the requests that wait for their turn; those on the wire are finished. */
  stop(): void;
  close(): Promise<void>;
}

/** Whether a body with this Content-Type header is worth downloading for a request of this kind. */
export function isReadableType(contentType: string | null, kind: RequestKind): boolean {
  return kind === 'sitemap' ? isSitemapType(contentType) : isReadType(contentType);
}

/** How the reading of a page ended, and what is to be stored for it. */
export interface PageOutcome {
  request: CrawlRequest;
  state: 'handled' | 'failed' | 'skipped';
  statusCode: number | null;
  /** Why it failed or was skipped. */
  error: string | null;
  items: PageItem[];
  links: NewRequest[];
  /** The normalised address it was redirected to, when that is not the request's own. */
  redirectedTo: string | null;
  /** How many JSON-LD blocks needed which stage of repair. */
  repairs: Readonly<Record<string, number>>;
  /** What could not be read on it. */
  problems: readonly PageProblem[];
}

/** A page that gave nothing. */
export function emptyOutcome(
  request: CrawlRequest,
  state: PageOutcome['state'],
  error: string | null,
  statusCode: number | null,
): PageOutcome {
  const nothing = { items: [], links: [], redirectedTo: null, repairs: {}, problems: [] };
  return { request, state, statusCode, error, ...nothing };
}
