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
