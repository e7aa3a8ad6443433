import type { CrawlRequest } from './crawl-request.ts';

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
