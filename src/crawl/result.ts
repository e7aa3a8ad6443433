import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { onlyRow } from '../database/only-row.ts';
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

/** Whether a crawl came to nothing, and not only some of its pages. */
export function hasFailed({
  state,
  pages,
  failed,
}: Pick<CrawlResult, 'state' | 'pages' | 'failed'>): boolean {
  return state === 'failed' || (pages === 0 && failed > 0);
}

/** One reason why items of a run were refused. */
export type RejectedRow = CrawlResult['rejections'][number];

/** The most reasons that are listed. */
const maxReasons = 50;

/** Why items of a run were refused, the most frequent reason first. */
export async function readRejections(
  sequelize: Sequelize,
  runId: string,
  transaction: Transaction | null = null,
): Promise<RejectedRow[]> {
  return sequelize.query<RejectedRow>(
    `SELECT coalesce(reason ->> 'code', '') AS code, coalesce(reason ->> 'field', '') AS field,
       min(coalesce(reason ->> 'message', '')) AS message, count(*)::int AS count, min(url) AS "sampleUrl"
     FROM rejected_items, jsonb_array_elements(reasons) AS reason
     WHERE run_id = $1
     GROUP BY 1, 2
     ORDER BY count(*) DESC, 1, 2
     LIMIT ${maxReasons}`,
    { bind: [runId], type: QueryTypes.SELECT, transaction },
  );
}

/** Adds up the reasons of several batches. */
export function mergeRejections(lists: Iterable<readonly RejectedRow[]>): RejectedRow[] {
  const merged = new Map<string, RejectedRow>();
  for (const list of lists) {
    for (const row of list) {
      const key = JSON.stringify([row.code, row.field]);
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...row });
      else known.count += row.count;
    }
  }
  return [...merged.values()].sort((a, b) => b.count - a.count).slice(0, maxReasons);
}

export interface RequestsSummary {
  failures: CrawlResult['failures'];
  skips: CrawlResult['skips'];
  /** Requests that were not reached. */
  pending: number;
  /** Start pages, and the further pages of the same lists. */
  start: { handled: number };
}

const maxFailures = 20;

/** What the requests of a run came to; read before the run is finished, which forgets the handled ones. */
export async function summariseRequests(sequelize: Sequelize, runId: string): Promise<RequestsSummary> {
  const select = <Row extends object>(sql: string) =>
    sequelize.query<Row>(sql, { bind: [runId], type: QueryTypes.SELECT });
  const failures = await select<{ url: string; error: string }>(
    `SELECT url, coalesce(error, '') AS error FROM crawl_requests
     WHERE run_id = $1 AND state = 'failed' ORDER BY id LIMIT ${maxFailures}`,
  );
  const skips = await select<{ reason: string; count: number }>(
    `SELECT coalesce(error, '') AS reason, count(*)::int AS count FROM crawl_requests
     WHERE run_id = $1 AND state = 'skipped' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`,
  );
  const { pending, handled } = onlyRow(
    await select<{ pending: number; handled: number }>(
      `SELECT count(*) FILTER (WHERE state = 'pending')::int AS pending,
       count(*) FILTER (WHERE state = 'handled' AND depth = 0 AND kind <> 'sitemap')::int AS handled
     FROM crawl_requests WHERE run_id = $1`,
    ),
  );
  return { failures, skips, pending, start: { handled } };
}
