import { QueryTypes, type Sequelize } from 'sequelize';
import type { CrawlResult } from './crawl-options.ts';

export interface RunSummary {
  failures: CrawlResult['failures'];
  skips: CrawlResult['skips'];
  /** Requests that were not reached. */
  pending: number;
  /** Start pages, and the further pages of the same lists. */
  start: { handled: number };
}

const maxFailures = 20;

/** What the requests of a run came to; read before the run is finished, which forgets the handled ones. */
export async function summariseRun(sequelize: Sequelize, runId: string): Promise<RunSummary> {
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
  const [counts] = await select<{ pending: number; handled: number }>(
    `SELECT count(*) FILTER (WHERE state = 'pending')::int AS pending,
       count(*) FILTER (WHERE state = 'handled' AND depth = 0 AND kind <> 'sitemap')::int AS handled
     FROM crawl_requests WHERE run_id = $1`,
  );
  const { pending = 0, handled = 0 } = counts ?? {};
  return { failures, skips, pending, start: { handled } };
}
