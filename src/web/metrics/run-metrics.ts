import { Counter, Gauge, type Registry } from 'prom-client';
import { QueryTypes, type Sequelize } from 'sequelize';
import { countWaitingRuns, type RunState, runStates } from '../../runs/index.ts';

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

const outcomes = ['created', 'updated', 'unchanged', 'rejected'] as const;

/**
 * Adds what crawls have done by source, how the newest of each source went and when, and the runs to be judged.
 *
 * @returns brings them up to date
 */
export function runMetrics(registry: Registry, sequelize: Sequelize): () => Promise<void> {
  const registers = [registry];
  const labelNames = ['source', 'spider'] as const;
  const withState = [...labelNames, 'state'] as const;
  const crawls = new Counter({
    name: 'hotspots_crawls_total',
    help: 'Crawls by state.',
    labelNames: withState,
    registers,
  });
  const pages = new Counter({
    name: 'hotspots_crawled_pages_total',
    help: 'Pages that crawls have read.',
    labelNames,
    registers,
  });
  const items = new Counter({
    name: 'hotspots_crawled_items_total',
    help: 'Items that crawls have found.',
    labelNames,
    registers,
  });
  const records = new Counter({
    name: 'hotspots_crawled_records_total',
    help: 'Outcomes of the items that crawls have found.',
    labelNames: [...labelNames, 'outcome'] as const,
    registers,
  });
  const lastState = new Gauge({
    name: 'hotspots_last_crawl_state',
    help: '1 for the state of the newest crawl, 0 for the others.',
    labelNames: withState,
    registers,
  });
  const lastAge = new Gauge({
    name: 'hotspots_last_crawl_age_seconds',
    help: 'How long ago the newest crawl began.',
    labelNames,
    registers,
  });
  const waiting = new Gauge({
    name: 'hotspots_flagged_runs_waiting',
    help: 'Flagged runs that nobody has judged.',
    registers,
  });

  return async () => {
    const totals = await crawlTotals(sequelize);
    waiting.set(await countWaitingRuns(sequelize));
    for (const metric of [crawls, pages, items, records, lastState, lastAge]) metric.reset();
    for (const { source, spider, ...total } of totals) {
      const labels = { source, spider };
      pages.inc(labels, total.pages);
      items.inc(labels, total.items);
      lastAge.set(labels, total.lastAge);
      for (const outcome of outcomes) records.inc({ ...labels, outcome }, total[outcome]);
      for (const state of runStates) {
        crawls.inc({ ...labels, state }, total[state]);
        lastState.set({ ...labels, state }, state === total.lastState ? 1 : 0);
      }
    }
  };
}
