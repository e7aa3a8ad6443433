import PQueue from 'p-queue';
import { eventPipeline } from '../../pipelines/event.ts';
import { withScraperActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import type { PageItem } from '../../src/crawl/pipeline.ts';
import { type Source, sourceSchema } from '../../src/crawl/source.ts';
import type { Database } from '../../src/database/open-database.ts';
import { retryTransaction } from '../../src/database/retry-transaction.ts';
import { Run } from '../../src/runs/run.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { PlainEvent } from './plain-event.ts';
import type { Measurement } from './rounds.ts';

const count = 5_000;
const batchSize = 500;
const baselineConcurrency = 10;

/**
 * Upserts of events through the pipeline, against what one writes without it: per item `findOne`, then
 * `create` or `save` and one row in the log, in a transaction, ten items at a time.
 */
export async function pipelineUpserts(database: Database): Promise<Measurement[]> {
  await emptyTables(
    database.sequelize,
    'places',
    'events',
    'log_entries',
    'runs',
    'source_records',
    'match_keys',
  );
  const items = benchItems();
  const baselineInsert = await seconds(() => perItem(database, items));
  const baselineUnchanged = await seconds(() => perItem(database, items));
  const insert = await seconds(() => throughPipeline(database, items));
  const unchanged = await seconds(() => throughPipeline(database, items));
  return [
    {
      name: 'pipeline insert ÷ findOne + create',
      ours: count / insert,
      baseline: count / baselineInsert,
      unit: 'items/s',
      target: 8,
    },
    {
      name: 'pipeline unchanged ÷ findOne',
      ours: count / unchanged,
      baseline: count / baselineUnchanged,
      unit: 'items/s',
      target: 10,
    },
  ];
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

export function benchItems(): PageItem[] {
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
          name: `Venue ${n % 50}`,
          telephone: '+1 312-555-0100',
          address: {
            '@type': ['PostalAddress'],
            streetAddress: `${n % 50} West Main Street`,
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

const source: Source = {
  ...sourceSchema.parse({ name: 'bench', spider: 'events', startUrls: ['https://bench.example/'] }),
  timeZone: 'America/Chicago',
};

export async function throughPipeline(database: Database, items: readonly PageItem[]): Promise<void> {
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

async function perItem(database: Database, items: readonly PageItem[]): Promise<void> {
  const queue = new PQueue({ concurrency: baselineConcurrency });
  await queue.addAll(
    items.map(
      (item) => () =>
        database.sequelize.transaction(async (transaction) => {
          const { thing } = item.item;
          const values = {
            name: String(thing.name),
            description: String(thing.description),
            url: String(thing.url),
            startDate: new Date(String(thing.startDate)),
            endDate: new Date(String(thing.endDate)),
            timeZone: 'America/Chicago',
            status: 'EventScheduled',
            organizer: 'The Band',
            lowPrice: '15.00',
            highPrice: '15.00',
            priceCurrency: 'USD',
          };
          const known = await PlainEvent.findOne({ where: { url: values.url }, transaction });
          const event = known ?? PlainEvent.build(values);
          event.set(values);
          const changed = event.changed();
          if (changed === false) return;
          await event.save({ transaction });
          await LogEntry.create(
            {
              action: known === null ? 0 : 1,
              model: 'Event',
              objectId: event.id,
              objectLabel: event.name,
              changes: Object.fromEntries(
                changed.map((field): [string, [null, string]] => [field, [null, String(event.get(field))]]),
              ),
              actorId: null,
              actorEmail: 'scraper@vibemap.com',
              runId: null,
              correlationId: null,
              remoteAddress: null,
              sourceUrl: values.url,
              extra: null,
            },
            { transaction },
          );
        }),
    ),
  );
}
