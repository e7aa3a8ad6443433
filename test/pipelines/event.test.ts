import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventPipeline } from '../../pipelines/event.ts';
import type { Database } from '../../src/database/open-database.ts';
import { defineModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { Place } from '../../src/records/place.ts';
import { RejectedItem } from '../../src/records/sources.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { logOf } from '../helpers/log-of.ts';
import { eventItem, testRun, testSource, writeBatch } from '../helpers/pipeline-runner.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  defineModels(database.sequelize);
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(
    database.sequelize,
    'places',
    'events',
    'log_entries',
    'runs',
    'source_records',
    'match_keys',
  );
});

const write = (...items: ReturnType<typeof eventItem>[]) => writeBatch(database, eventPipeline, items);

const hall = {
  '@type': ['Place'],
  name: 'Town Hall',
  address: {
    '@type': ['PostalAddress'],
    streetAddress: '1 Main St',
    addressLocality: 'Springfield',
    postalCode: '60601',
  },
};
const concert = {
  name: 'Spring Concert',
  startDate: '2027-05-09T19:30',
  endDate: '2027-05-09T21:00',
  url: 'https://town.example/events/1',
  location: hall,
};

test('a new event and its venue are created and recorded with their page', async () => {
  expect(await write(eventItem(concert))).toMatchObject({
    created: 2,
    updated: 0,
    unchanged: 0,
    rejected: 0,
  });
  const event = await Event.findOne({ rejectOnEmpty: true });
  const place = await Place.findOne({ rejectOnEmpty: true });
  expect(event).toMatchObject({
    name: 'Spring Concert',
    startDate: new Date('2027-05-10T00:30:00Z'),
    endDate: new Date('2027-05-10T02:00:00Z'),
    timeZone: 'America/Chicago',
    timeKnown: true,
    allDay: false,
    placeId: place.id,
    url: 'https://town.example/events/1',
  });
  expect(place).toMatchObject({ name: 'Town Hall', streetAddress: '1 Main St', addressCountry: 'US' });
  const entries = await logOf();
  expect(entries.filter((entry) => entry.objectLabel === 'Spring Concert')).toMatchObject([
    {
      action: 'create',
      actorEmail: 'scraper@vibemap.com',
      sourceUrl: 'https://town.example/events/1',
      changes: { name: [null, 'Spring Concert'], placeId: [null, place.id] },
    },
  ]);
});

test('the same items again create nothing, change nothing and record nothing', async () => {
  await write(eventItem(concert));
  const before = await logOf();
  expect(await write(eventItem(concert))).toMatchObject({
    created: 0,
    updated: 0,
    unchanged: 1,
    rejected: 0,
  });
  expect(await logOf()).toEqual(before);
});

test('a changed item updates its record and is recorded with old and new values', async () => {
  await write(eventItem(concert));
  const counts = await write(
    eventItem({ ...concert, name: 'Summer Concert', eventStatus: 'EventPostponed' }),
  );
  expect(counts).toMatchObject({ created: 0, updated: 1, unchanged: 0, rejected: 0 });
  expect((await logOf('Event')).at(-1)).toMatchObject({
    action: 'update',
    changes: { name: ['Spring Concert', 'Summer Concert'], status: ['EventScheduled', 'EventPostponed'] },
  });
});

test('a field the source no longer mentions keeps its value', async () => {
  await write(eventItem({ ...concert, description: 'Free entry' }));
  await write(eventItem(concert));
  expect(await Event.findOne()).toMatchObject({ description: 'Free entry' });
});

test('an event without a start or a name is rejected with the reasons and kept as it was read', async () => {
  const counts = await write(eventItem({ description: 'nothing else' }), eventItem(concert));
  expect(counts).toMatchObject({ created: 2, rejected: 1 });
  const [rejected] = await RejectedItem.findAll();
  expect(rejected?.reasons.map((reason) => reason.code)).toEqual(['NAME_MISSING', 'START_MISSING']);
  expect(rejected?.raw).toEqual({ '@type': ['Event'], description: 'nothing else' });
});

test('a naive time without a known zone is rejected with what to do', async () => {
  const { timeZone: _, country: __, ...source } = testSource();
  await writeBatch(database, eventPipeline, [eventItem({ name: 'a', startDate: '2027-05-09T19:30' })], {
    source,
  });
  const [rejected] = await RejectedItem.findAll();
  expect(rejected?.reasons).toMatchObject([
    { code: 'TIME_ZONE_UNKNOWN', message: expect.stringContaining('--time-zone') },
  ]);
});

test('two items for one event in one batch give one record', async () => {
  const page = eventItem(concert);
  const feed = {
    item: {
      kind: 'event' as const,
      syntax: 'icalendar' as const,
      thing: {
        '@type': ['Event'],
        name: 'Spring concert',
        identifier: 'uid-1',
        startDate: '2027-05-09T19:30:00[America/Chicago]',
        location: { '@type': ['Place'], name: 'Town Hall, 1 Main Street, Springfield, IL 60601' },
      },
    },
    pageUrl: 'https://town.example/events.ics',
  };
  const counts = await write(page, feed);
  expect(counts.created + counts.unchanged + counts.updated).toBe(3);
  expect(await Event.count()).toBe(1);
  expect(await Place.count()).toBe(1);
  expect(await logOf('Event')).toHaveLength(1);
  expect(await write(page, feed)).toMatchObject({ created: 0, updated: 0, unchanged: 2, rejected: 0 });
});

test('two events of one name and start at different places stay two', async () => {
  const library = { '@type': ['Place'], name: 'Library', address: '5 Oak Ave, Springfield, IL 60601' };
  const { url: _, ...storytime } = { ...concert, name: 'Storytime' };
  await write(
    eventItem(storytime, 'https://town.example/a'),
    eventItem({ ...storytime, location: library }, 'https://town.example/b'),
  );
  expect(await Event.count()).toBe(2);
});

test('instances of a series that share one address stay apart, on one page and across pages', async () => {
  const series = (startDate: string, page: string) =>
    eventItem({ name: 'Yoga', startDate, url: 'https://town.example/yoga' }, `https://town.example/${page}`);
  const source = testSource();
  const runId = (await testRun(source)).id;
  const may = [series('2027-05-03T18:00', 'may'), series('2027-05-10T18:00', 'may')];
  const june = [series('2027-06-07T18:00', 'june')];
  const july = [series('2027-07-05T18:00', 'july')];
  for (const items of [may, june, july]) await writeBatch(database, eventPipeline, items, { source, runId });
  expect(await Event.count()).toBe(4);
  for (const items of [may, june, july]) {
    expect(await writeBatch(database, eventPipeline, items, { source })).toMatchObject({
      created: 0,
      updated: 0,
    });
  }
});

test('a rescheduled event is moved, not doubled', async () => {
  await write(eventItem(concert));
  const counts = await write(
    eventItem({ ...concert, startDate: '2027-06-01T19:30', endDate: '2027-06-01T21:00' }),
  );
  expect(counts).toMatchObject({ created: 0, updated: 1 });
  expect(await Event.count()).toBe(1);
});

test('a list page that gives only the day does not take the time away', async () => {
  await write(eventItem(concert));
  await write(
    eventItem(
      { name: 'Spring Concert', startDate: '2027-05-09', url: concert.url },
      'https://town.example/list',
    ),
  );
  expect(await Event.findAll()).toMatchObject([
    { startDate: new Date('2027-05-10T00:30:00Z'), timeKnown: true },
  ]);
});

test('a record that was deleted here is not made again by the same source', async () => {
  await write(eventItem(concert));
  await database.sequelize.query('DELETE FROM events');
  expect(await write(eventItem({ ...concert, name: 'Renamed' }))).toMatchObject({ created: 0, updated: 0 });
  expect(await Event.count()).toBe(0);
});

test('many batches at once that bring the same events from different sources double nothing and lose nothing', async () => {
  const events = Array.from({ length: 40 }, (_, n) => ({ ...concert, name: `Event ${n}`, url: undefined }));
  const sources = ['a', 'b', 'c', 'd'].map((name) => testSource({ name }));
  const batches = sources.map((source, offset) => {
    // Each source brings them in another order, so that locks are taken crosswise.
    const items = events.map((_, n) => events[(n * (2 * offset + 3)) % 40] ?? {});
    const pages = items.map((item, n) => eventItem(item, `https://${source.name}.example/${n}`));
    return writeBatch(database, eventPipeline, pages, { source });
  });
  const counts = await Promise.all(batches);
  expect(await Event.count()).toBe(40);
  expect(await Place.count()).toBe(1);
  expect(counts.reduce((sum, { created }) => sum + created, 0)).toBe(41);
  expect((await logOf('Event')).filter((entry) => entry.action === 'create')).toHaveLength(40);
});

test('hostile values are stored as harmless text or rejected, and never break the batch', async () => {
  const nasty = [
    { ...concert, name: 'a\u0000b\ud800', url: 'javascript:alert(1)' },
    { ...concert, name: '<script>alert(1)</script>Market', url: 'https://town.example/2' },
    { ...concert, name: "Robert'); DROP TABLE events;--", url: 'https://town.example/3' },
    { ...concert, name: 'x'.repeat(100_000), url: `https://town.example/${'y'.repeat(5000)}` },
    { ...concert, name: '$1 $$ :name ?', url: 'https://town.example/5' },
    { ...concert, startDate: '9'.repeat(10_000), url: 'https://town.example/6' },
    {
      ...concert,
      name: 'price',
      offers: { '@type': ['Offer'], price: '1e400' },
      url: 'https://town.example/7',
    },
    {
      ...concert,
      name: 'far',
      location: { ...hall, geo: { '@type': ['Geo'], latitude: 'NaN', longitude: 999 } },
    },
  ];
  const counts = await write(...nasty.map((thing, n) => eventItem(thing, `https://town.example/n${n}`)));
  expect(counts.rejected).toBe(1);
  expect(await Event.count()).toBe(7);
});
