import PQueue from 'p-queue';
import { eventPipeline } from '../../pipelines/event.ts';
import { withScraperActor } from '../../src/audit/actors.ts';
import type { PageItem } from '../../src/crawl/pipeline.ts';
import { type Source, sourceSchema } from '../../src/crawl/source.ts';
import type { Database } from '../../src/database/open-database.ts';
import { retryTransaction } from '../../src/database/retry-transaction.ts';
import { Run } from '../../src/runs/run.ts';
import { countRows, startAnew } from './bench-database.ts';
import { definePlainEvents, type PlainEvents, writeOneByOne } from './plain-events.ts';
import { inTurn, type Measurement, timedWork } from './rounds.ts';

const batchSize = 500;
const venues = 50;
const baselineConcurrency = 10;

let plainEvents: PlainEvents | undefined;

/**
 * Upserts of events through the pipeline, against what one writes without it: for each `findOne`, then `create` or
 * `save` and one row in a log, in a transaction, ten at a time. Both begin with empty tables.
 *
 * @param scale how much of it is done; 1 is the benchmark
 */
export async function pipeline(database: Database, round: number, scale: number): Promise<Measurement[]> {
  plainEvents ??= await definePlainEvents(database.sequelize);
  const plain = plainEvents;
  const items = benchItems(Math.max(venues, Math.round(5_000 * scale)));
  const [ours, baseline] = await inTurn(
    round,
    () => throughPipeline(database, items),
    () => withoutPipeline(database, plain, items),
  );
  return [
    { comparison: 'pipeline-insert', ours: ours.insert, baseline: baseline.insert },
    { comparison: 'pipeline-unchanged', ours: ours.unchanged, baseline: baseline.unchanged },
  ];
}

/** In items per second. */
interface Rates {
  readonly insert: number;
  readonly unchanged: number;
}

async function throughPipeline(database: Database, items: readonly PageItem[]): Promise<Rates> {
  await startAnew(database.sequelize);
  const writeAll = (name: string) =>
    timedWork({
      name,
      run: () => writeBatches(database, items),
      count: () =>
        countRows(database.sequelize, {
          events: 'events',
          places: 'places',
          'log entries': "log_entries WHERE model IN ('Event', 'Place')",
        }),
      leaves: { events: items.length, places: venues, 'log entries': items.length + venues },
    });
  return {
    insert: items.length / (await writeAll('pipeline, insert')),
    unchanged: items.length / (await writeAll('pipeline, unchanged')),
  };
}

async function withoutPipeline(
  database: Database,
  plain: PlainEvents,
  items: readonly PageItem[],
): Promise<Rates> {
  await startAnew(database.sequelize);
  const writeAll = async (name: string, made: number) => {
    const done = { created: 0, found: 0 };
    const queue = new PQueue({ concurrency: baselineConcurrency });
    return await timedWork({
      name,
      run: () =>
        queue.addAll(
          items.map(({ item: { thing } }) => async () => {
            done[await writeOneByOne(database.sequelize, plain, thing)] += 1;
          }),
        ),
      count: async () => ({
        ...done,
        ...(await countRows(database.sequelize, { events: 'plain_events', 'log entries': 'plain_log' })),
      }),
      leaves: {
        created: made,
        found: items.length - made,
        events: items.length,
        'log entries': items.length,
      },
    });
  };
  return {
    insert: items.length / (await writeAll('findOne and create', items.length)),
    unchanged: items.length / (await writeAll('findOne', 0)),
  };
}

const source: Source = {
  ...sourceSchema.parse({ name: 'bench', spider: 'events', startUrls: ['https://bench.example/'] }),
  timeZone: 'America/Chicago',
};

async function writeBatches(database: Database, items: readonly PageItem[]): Promise<void> {
  const run = await Run.create({
    spider: 'events',
    sourceName: source.name,
    actorId: null,
    actorEmail: 'scraper@vibemap.com',
    requestKey: crypto.randomUUID(),
  });
  const queue = new PQueue({ concurrency: 2 });
  const batches = Array.from({ length: Math.ceil(items.length / batchSize) }, (_, n) =>
    items.slice(n * batchSize, (n + 1) * batchSize),
  );
  await withScraperActor(
    () =>
      queue.addAll(
        batches.map(
          (batch) => () =>
            retryTransaction(database.sequelize, (transaction) =>
              eventPipeline.write(batch, { transaction, runId: run.id, source }),
            ),
        ),
      ),
    { runId: run.id },
  );
}

function benchItems(count: number): PageItem[] {
  return Array.from({ length: count }, (_, n) => ({
    pageUrl: `https://bench.example/events/${n}`,
    item: {
      kind: 'event',
      syntax: 'json-ld',
      thing: {
        '@type': ['MusicEvent'],
        name: `Concert number ${n}`,
        description: `An evening with the band of the week. Doors open an hour before. Row ${n}.`,
        url: `https://bench.example/events/${n}`,
        startDate: `2027-05-${String((n % 28) + 1).padStart(2, '0')}T19:30:00-05:00`,
        endDate: `2027-05-${String((n % 28) + 1).padStart(2, '0')}T22:00:00-05:00`,
        eventStatus: 'https://schema.org/EventScheduled',
        location: {
          '@type': ['MusicVenue'],
          name: `Venue ${n % venues}`,
          telephone: '+1 312-555-0100',
          address: {
            '@type': ['PostalAddress'],
            streetAddress: `${n % venues} West Main Street`,
            addressLocality: 'Chicago',
            addressRegion: 'IL',
            postalCode: '60601',
            addressCountry: 'US',
          },
        },
        organizer: { '@type': ['Organization'], name: 'The Band' },
        offers: { '@type': ['Offer'], price: '15.00', priceCurrency: 'USD' },
      },
    },
  }));
}
