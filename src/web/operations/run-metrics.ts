import { Counter, Gauge, type Registry } from 'prom-client';
import type { Sequelize } from 'sequelize';
import { countWaitingRuns } from '../../runs/list.ts';
import { runStates } from '../../runs/run.ts';
import { crawlTotals } from './crawl-totals.ts';

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
    help: 'What became of the items that crawls have found.',
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
