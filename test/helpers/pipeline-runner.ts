import type { PageItem, Pipeline, PipelineCounts } from '../../src/crawl/pipeline.ts';
import { type Source, sourceSchema } from '../../src/crawl/source.ts';
import type { Database } from '../../src/database/open-database.ts';
import { retryTransaction } from '../../src/database/retry-transaction.ts';
import type { Thing } from '../../src/extract/item.ts';
import { Run } from '../../src/runs/run.ts';

export function testSource(overrides: Partial<Source> = {}): Source {
  return {
    ...sourceSchema.parse({ name: 'town', spider: 'events', startUrls: ['https://town.example/'] }),
    timeZone: 'America/Chicago',
    country: 'US',
    ...overrides,
  };
}

export function testRun(source: Source): Promise<Run> {
  return Run.create({
    spider: source.spider,
    sourceName: source.name,
    actorId: null,
    actorEmail: 'scraper@vibemap.com',
    requestKey: crypto.randomUUID(),
  });
}

/** Writes items as one batch of a run of its own, as the crawl runner does. */
export async function writeBatch(
  database: Database,
  pipeline: Pipeline,
  items: readonly PageItem[],
  { source = testSource(), runId }: { source?: Source; runId?: string } = {},
): Promise<PipelineCounts> {
  const run = runId ?? (await testRun(source)).id;
  return retryTransaction(database.sequelize, (transaction) =>
    pipeline.write(items, { transaction, runId: run, source }),
  );
}

export function eventItem(thing: Omit<Thing, '@type'>, pageUrl = 'https://town.example/events/1'): PageItem {
  return { item: { kind: 'event', syntax: 'json-ld', thing: { '@type': ['Event'], ...thing } }, pageUrl };
}

export function placeItem(thing: Omit<Thing, '@type'>, pageUrl = 'https://town.example/places/1'): PageItem {
  return { item: { kind: 'place', syntax: 'json-ld', thing: { '@type': ['Place'], ...thing } }, pageUrl };
}
