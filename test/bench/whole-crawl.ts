import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CheerioCrawler, Configuration, LogLevel, log } from 'crawlee';
import { events } from '../../crawlers/events.ts';
import { eventPipeline } from '../../pipelines/event.ts';
import { crawlSource } from '../../src/crawl/crawl-source.ts';
import { sourceSchema } from '../../src/crawl/source.ts';
import type { Database } from '../../src/database/open-database.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import type { Measurement } from './rounds.ts';

const pages = 2_000;

/**
 * A whole crawl of event pages of 30 KB, fetched, read, committed and audited, against a stock CheerioCrawler
 * with its default storage that only reads them. The site is served by a process of its own.
 */
export async function wholeCrawl(database: Database): Promise<Measurement[]> {
  await emptyTables(
    database.sequelize,
    'places',
    'events',
    'log_entries',
    'runs',
    'source_records',
    'match_keys',
  );
  const site = spawn(process.execPath, [path.join(import.meta.dirname, 'site-server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = await once(createInterface(site.stdout), 'line');
    const urls = Array.from({ length: pages }, (_, n) => `http://127.0.0.1:${port}/events/${n}`);
    const baseline = await stockCrawler(urls);
    const first = await ourCrawl(database, urls, pages);
    const second = await ourCrawl(database, urls, 0);
    return [
      { name: 'first crawl ÷ CheerioCrawler', ours: first, baseline, unit: 'pages/s', target: 2 },
      {
        name: 'second crawl, unchanged ÷ CheerioCrawler',
        ours: second,
        baseline,
        unit: 'pages/s',
        target: 2,
      },
    ];
  } finally {
    site.kill();
  }
}

async function stockCrawler(urls: string[]): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotspots-bench-crawlee-'));
  log.setLevel(LogLevel.ERROR);
  let read = 0;
  const configuration = new Configuration({ storageClientOptions: { localDataDirectory: folder } });
  const crawler = new CheerioCrawler(
    {
      requestHandler: async ({ $ }) => {
        const event: unknown = JSON.parse($('script[type="application/ld+json"]').text());
        if (typeof event === 'object' && event !== null && 'name' in event) read += 1;
      },
    },
    configuration,
  );
  const start = performance.now();
  await crawler.run(urls);
  const seconds = (performance.now() - start) / 1000;
  await rm(folder, { recursive: true, force: true });
  if (read !== pages) throw new Error(`The stock crawler read ${read} of ${pages} pages.`);
  return pages / seconds;
}

async function ourCrawl(database: Database, startUrls: string[], expected: number): Promise<number> {
  const source = sourceSchema.parse({
    name: 'bench',
    spider: 'events',
    startUrls,
    timeZone: 'America/Chicago',
    limits: { pages, depth: 0, requestsPerSecond: 100_000, concurrency: 64 },
  });
  const start = performance.now();
  const result = await crawlSource({ database, spider: events, pipeline: eventPipeline, source });
  const seconds = (performance.now() - start) / 1000;
  const made = result.created - (expected > 0 ? 50 : 0);
  if (result.pages !== pages || made !== expected) {
    throw new Error(
      `The crawl read ${result.pages} pages and made ${made} events; ${expected} were expected.`,
    );
  }
  return pages / seconds;
}
