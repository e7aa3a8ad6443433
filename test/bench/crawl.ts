import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { CheerioCrawler, Configuration, LogLevel, log } from 'crawlee';
import { z } from 'zod';
import { eventsSpider } from '../../crawlers/events.ts';
import { eventPipeline } from '../../pipelines/event.ts';
import { crawlSource } from '../../src/crawl/crawl-source.ts';
import { sourceSchema } from '../../src/crawl/source.ts';
import type { Database } from '../../src/database/open-database.ts';
import { countRows, startAnew } from './bench-database.ts';
import { type Counts, inTurn, type Measurement, timedWork } from './rounds.ts';

/** What a site of this many events leaves: each is at one of fifty venues. */
const eventsPerList = 50;
const venues = 50;

/** How the pages are found: by a paged list, as in life, or because all of them are start addresses. */
type Way = 'list' | 'starts';

interface Site {
  readonly way: Way;
  readonly startUrls: string[];
  readonly events: number;
  /** Event pages and list pages. */
  readonly pages: number;
  /** Which different pages were asked for since this was called last. */
  asked(): Promise<Counts>;
}

/** @param scale how much of it is done; 1 is the benchmark */
export async function crawl(database: Database, round: number, scale: number): Promise<Measurement[]> {
  const count = Math.max(venues, Math.round(2_000 * scale));
  const program = spawn(process.execPath, [path.join(import.meta.dirname, 'site-server.ts'), `${count}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = await once(createInterface(program.stdout), 'line');
    const origin = `http://127.0.0.1:${port}`;
    const asked = async () =>
      z.record(z.string(), z.number()).parse(await (await fetch(`${origin}/asked`)).json());
    const lists = Math.ceil(count / eventsPerList);
    const pages = Array.from({ length: count }, (_, n) => `${origin}/events/${n}`);
    return [
      ...(await measure(database, round, {
        way: 'list',
        startUrls: [`${origin}/list/1`],
        events: count,
        pages: count + lists,
        asked,
      })),
      ...(await measure(database, round, {
        way: 'starts',
        startUrls: pages,
        events: count,
        pages: count,
        asked,
      })),
    ];
  } finally {
    program.kill();
  }
}

async function measure(database: Database, round: number, site: Site): Promise<Measurement[]> {
  const [[first, second], baseline] = await inTurn(
    round,
    () => ourCrawls(database, site),
    () => stockCrawler(site),
  );
  return [
    { comparison: `crawl-${site.way}-first`, ours: first, baseline },
    { comparison: `crawl-${site.way}-unchanged`, ours: second, baseline },
  ];
}

async function stockCrawler({ way, startUrls, events: count, pages, asked }: Site): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hotspots-bench-crawlee-'));
  log.setLevel(LogLevel.ERROR);
  const names = new Set<string>();
  const configuration = new Configuration({ storageClientOptions: { localDataDirectory: folder } });
  const crawler = new CheerioCrawler(
    {
      requestHandler: async ({ $, request, enqueueLinks }) => {
        if (request.url.includes('/list/')) {
          await enqueueLinks({ selector: 'a.event, a[rel=next]' });
          return;
        }
        const event: unknown = JSON.parse($('script[type="application/ld+json"]').text());
        if (typeof event === 'object' && event !== null && 'name' in event) names.add(String(event.name));
      },
    },
    configuration,
  );
  const seconds = await timedWork({
    name: `CheerioCrawler, ${way}`,
    run: () => crawler.run(startUrls),
    count: async () => ({ ...(await asked()), 'events read': names.size }),
    leaves: { 'event pages': count, 'list pages': pages - count, 'events read': count },
  });
  await rm(folder, { recursive: true, force: true });
  return pages / seconds;
}

/** The first crawl and the second, in pages per second. */
async function ourCrawls(database: Database, site: Site): Promise<[number, number]> {
  const { way, startUrls, events: count, pages, asked } = site;
  await startAnew(database.sequelize);
  const source = sourceSchema.parse({
    name: 'bench',
    spider: 'events',
    startUrls,
    timeZone: 'America/Chicago',
    limits: { pages, depth: way === 'list' ? 1 : 0, requestsPerSecond: 100_000, concurrency: 64 },
  });
  const crawlOnce = async (name: string, entries: number) => {
    const seconds = await timedWork({
      name,
      run: () => crawlSource({ database, spider: eventsSpider, pipeline: eventPipeline, source }),
      count: async () => ({
        ...(await asked()),
        ...(await countRows(database.sequelize, {
          events: 'events',
          places: 'places',
          'log entries': "log_entries WHERE model IN ('Event', 'Place')",
          'finished runs': "runs WHERE state = 'finished'",
        })),
      }),
      leaves: {
        'event pages': count,
        'list pages': pages - count,
        events: count,
        places: venues,
        'log entries': count + venues,
        'finished runs': entries,
      },
    });
    return pages / seconds;
  };
  return [await crawlOnce(`first crawl, ${way}`, 1), await crawlOnce(`second crawl, ${way}`, 2)];
}
