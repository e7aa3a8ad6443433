import type { Database } from '../database/open-database.ts';
import type { Pipeline } from './pipeline.ts';
import type { Source } from './source.ts';
import type { Spider } from './spider.ts';

/** What `crawlSource` is asked to do: one spider over one source. */
export interface CrawlOptions {
  database: Database;
  spider: Spider;
  pipeline: Pipeline;
  source: Source;
  /**
   * Reads a WARC file instead of the network. With `everyRecord`, each response record is a start page and
   * the source's start URLs are not used; without it, start URLs and links are answered by the archive.
   */
  archive?: { path: string; everyRecord: boolean };
  /** Where to connect for a host name instead of asking DNS, as with `curl --connect-to`. */
  hostOverrides?: Readonly<Record<string, { host: string; port: number }>>;
  /**
   * Rolls back what the pipeline writes, group by group: a record that pages of several groups bring, such as a
   * venue, counts as created in each of them.
   */
  dryRun?: boolean;
  /** At most this many pages in this run, if lower than the source's own limit. */
  limit?: number;
  /** A graceful stop: pages in flight are finished and committed. */
  signal?: AbortSignal;
  onProgress?(progress: CrawlProgress): void;
}

export interface CrawlProgress {
  pages: number;
  items: number;
  created: number;
  updated: number;
  unchanged: number;
  rejected: number;
  failed: number;
  skipped: number;
  /** Values that were not written because they were undone, or because a person wrote the field last. */
  held: number;
  suggested: number;
  elapsedMs: number;
}

export interface CrawlResult extends CrawlProgress {
  runId: string;
  state: 'finished' | 'stopped' | 'failed';
  /** Whether this run went on where a killed process had left it. */
  resumed: boolean;
  /** How many JSON-LD blocks needed which stage of repair. */
  jsonLdRepairs: Record<string, number>;
  /** The first 20. */
  failures: { url: string; error: string }[];
  rejections: { code: string; field: string; message: string; count: number; sampleUrl: string }[];
  skips: { reason: string; count: number }[];
  /** What could not be read on pages that were read otherwise; of each kind, how many pages and one of them. */
  problems: { code: string; message: string; count: number; sampleUrl: string }[];
}
