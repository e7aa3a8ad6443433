import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventPipeline } from '../../pipelines/event.ts';
import { withScraperActor } from '../../src/audit/actors.ts';
import type { Database } from '../../src/database/open-database.ts';
import { defineModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { eventItem, testRun, testSource, writeBatch } from '../helpers/pipeline-runner.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { waitFor } from '../helpers/wait-for.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  defineModels(database.sequelize);
});
afterAll(() => database.close());
beforeEach(() =>
  emptyTables(database.sequelize, 'places', 'events', 'log_entries', 'runs', 'source_records', 'match_keys'),
);

type Items = ReturnType<typeof eventItem>[];

const write = (...items: Items) => writeBatch(database, eventPipeline, items);

async function storedEvents(): Promise<string[]> {
  const events = await Event.findAll({ order: [['id', 'ASC']] });
  return events.map(({ name, startDate }) => `${name} ${startDate.toISOString().slice(0, 10)}`);
}

const page = 'https://town.example/next';

test('a page that shows another event than before makes a new record and leaves the old one', async () => {
  await write(eventItem({ name: 'Spring Concert', startDate: '2027-05-09T12:00' }, page));
  await write(eventItem({ name: 'Lecture on Bees', startDate: '2027-06-20T12:00' }, page));
  expect(await storedEvents()).toEqual(['Spring Concert 2027-05-09', 'Lecture on Bees 2027-06-20']);
  const third = await write(eventItem({ name: 'Lecture on Bees', startDate: '2027-06-20T12:00' }, page));
  expect(third).toMatchObject({ created: 0, updated: 0, unchanged: 1, rejected: 0 });
});

test('an address that comes to show another event gives one new record, whichever page is read first', async () => {
  const before = { name: 'Spring Concert', startDate: '2027-05-09T12:00', url: page };
  const after = { name: 'Lecture on Bees', startDate: '2027-06-20T12:00', url: page };
  const [list, detail] = ['https://town.example/', page];
  for (const order of [
    [list, detail],
    [detail, list],
  ]) {
    await emptyTables(database.sequelize, 'events', 'source_records', 'match_keys');
    const runId = (await testRun(testSource())).id;
    for (const url of order) await write(eventItem(before, url));
    for (const url of order) await writeBatch(database, eventPipeline, [eventItem(after, url)], { runId });
    expect(await storedEvents()).toEqual(['Spring Concert 2027-05-09', 'Lecture on Bees 2027-06-20']);
  }
});

test.each([
  ['moved', { name: 'Spring Concert', startDate: '2027-06-20T12:00' }],
  ['renamed', { name: 'Evening of Songs', startDate: '2027-05-09T12:00' }],
  ['renamed and moved to another hour', { name: 'Evening of Songs', startDate: '2027-05-09T16:00' }],
  ['moved, which its name says', { name: 'NEW DATE: Spring Concert', startDate: '2027-06-20T12:00' }],
])('an event of its own page that was %s stays one record', async (_, changed) => {
  await write(eventItem({ name: 'Spring Concert', startDate: '2027-05-09T12:00' }, page));
  expect(await write(eventItem(changed, page))).toMatchObject({ created: 0, updated: 1 });
});

const entry = (thing: Parameters<typeof eventItem>[0]) => {
  const { item, ...rest } = eventItem(thing, 'https://town.example/calendar.ics');
  return { ...rest, item: { ...item, syntax: 'icalendar' as const } };
};

test('an event with the UID of a calendar stays one record, even renamed and moved at once', async () => {
  const url = 'https://town.example/';
  const neighbour = entry({ identifier: 'uid-2', url, name: 'Quiz', startDate: '2027-05-09T12:00' });
  const before = { name: 'Spring Concert', startDate: '2027-05-09T12:00' };
  const after = { name: 'Lecture on Bees', startDate: '2027-06-20T12:00' };
  await write(entry({ identifier: 'uid-1', url, ...before }), neighbour);
  await write(entry({ identifier: 'uid-1', url, ...after }), neighbour);
  expect(await storedEvents()).toEqual(['Lecture on Bees 2027-06-20', 'Quiz 2027-05-09']);
});

test('a series whose hour changes keeps the records of its days', async () => {
  const instances = (hour: string) =>
    ['2027-05-04', '2027-05-11'].map((day) => {
      const start = `${day}T${hour}:00[America/Chicago]`;
      return entry({ identifier: 'uid-1', recurrenceId: start, name: 'Story Time', startDate: start });
    });
  await write(...instances('10:00'));
  expect(await write(...instances('11:00'))).toMatchObject({ created: 0, updated: 2 });
  expect(await storedEvents()).toHaveLength(2);
});

test('two pages may announce an event at the time that another of the same name has left', async () => {
  const story = { name: 'Story Time', url: 'https://town.example/a' };
  await write(eventItem({ ...story, startDate: '2027-05-09T12:00' }, 'https://town.example/a'));
  await write(eventItem({ ...story, startDate: '2027-05-10T12:00' }, 'https://town.example/a'));
  const added = { name: 'Story Time', startDate: '2027-05-09T12:00' };
  await write(eventItem({ ...added, url: 'https://town.example/b' }, 'https://town.example/b'));
  await write(eventItem({ ...added, url: 'https://town.example/c' }, 'https://town.example/c'));
  expect(await storedEvents()).toEqual(['Story Time 2027-05-10', 'Story Time 2027-05-09']);
});

test('two batches that meet the same new id at once make one record, though the names differ', async () => {
  const { sequelize } = database;
  const source = testSource();
  const runId = (await testRun(source)).id;
  const address = { url: 'https://town.example/events/1' };
  const teaser = eventItem({ ...address, name: 'Concert', startDate: '2027-05-09' }, 'https://town.example/');
  const detail = eventItem({ ...address, name: 'Concert – live!', startDate: '2027-05-09T19:30' });

  const first = await sequelize.transaction();
  await withScraperActor(() => eventPipeline.write([teaser], { transaction: first, runId, source }), {
    runId,
  });
  let done = false;
  const second = writeBatch(database, eventPipeline, [detail], { source, runId }).finally(() => {
    done = true;
  });
  await waitFor('the second batch ends or waits for the first', async () => {
    const waiting = await sequelize.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      { type: QueryTypes.SELECT },
    );
    return done || waiting.length > 0;
  });
  await first.commit();
  await second;
  expect(await storedEvents()).toEqual(['Concert – live! 2027-05-10']);
});

test('a rejected item that is cut inside a character is kept', async () => {
  for (const padding of ['', 'a']) {
    const description = padding + '😀'.repeat(60_000);
    expect(await write(eventItem({ name: 'No date', description }, `${page}${padding}`))).toMatchObject({
      rejected: 1,
    });
  }
});
