import { QueryTypes, type Sequelize } from 'sequelize';
import type { RunState } from '../../runs/run.ts';

/** All crawls of a source by one spider together, and the newest of them. */
export interface CrawlTotals {
  readonly source: string;
  readonly spider: string;
  readonly running: number;
  readonly finished: number;
  readonly stopped: number;
  readonly failed: number;
  readonly pages: number;
  readonly items: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly lastState: RunState;
  /** Seconds since the newest began. */
  readonly lastAge: number;
}

/** What crawls have done, by source and spider. */
export async function crawlTotals(sequelize: Sequelize): Promise<CrawlTotals[]> {
  return await sequelize.query<CrawlTotals>(
    `SELECT source_name AS source, spider,
            (count(*) FILTER (WHERE state = 'running'))::int AS running,
            (count(*) FILTER (WHERE state = 'finished'))::int AS finished,
            (count(*) FILTER (WHERE state = 'stopped'))::int AS stopped,
            (count(*) FILTER (WHERE state = 'failed'))::int AS failed,
            sum(pages)::float8 AS pages, sum(items)::float8 AS items,
            sum(created)::float8 AS created, sum(updated)::float8 AS updated,
            sum(unchanged)::float8 AS unchanged, sum(rejected)::float8 AS rejected,
            (array_agg(state ORDER BY id DESC))[1] AS "lastState",
            greatest(0, extract(epoch FROM now() - max(started_at)))::float8 AS "lastAge"
     FROM runs WHERE kind = 'crawl' GROUP BY source_name, spider ORDER BY source_name, spider`,
    { type: QueryTypes.SELECT },
  );
}
