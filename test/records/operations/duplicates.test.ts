import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withSystemActor, withUserActor } from '../../../src/audit/actors.ts';
import { bindModels } from '../../../src/models.ts';
import { Event } from '../../../src/records/event.ts';
import type { Transact } from '../../../src/records/operations/batches.ts';
import { cleanupDuplicates } from '../../../src/records/operations/duplicates.ts';
import { Place } from '../../../src/records/place.ts';
import { User } from '../../../src/records/user.ts';
import { applyUndoPlan, planUndoOf } from '../../../src/runs/undo.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'users', 'places', 'events', 'runs', 'undo_plans', 'undone_entries'));

const cleanUp = (options = {}, batch = {}) =>
  withSystemActor(() => cleanupDuplicates(sequelize, options, batch), { correlationId: 'cleanup' });
const create = (...places: (Partial<Place> & { name: string })[]) => asAna(() => Place.bulkCreate(places));
/** By id: the place of which each is a duplicate. */
const duplicates = async () =>
  (await Place.findAll({ order: ['id'] })).map(({ isDuplicate, isClosed, duplicateOfId }) =>
    isDuplicate && isClosed ? duplicateOfId : isClosed,
  );

const main = { streetAddress: '1 Main Street', addressLocality: 'Springfield' };

test('places of one name and address, spot or telephone are duplicates of the best filled, then oldest one', async () => {
  await create(
    { name: 'Town Hall', ...main },
    {
      name: 'town hall',
      streetAddress: '1 Main St.',
      addressLocality: 'Springfield',
      email: 'a@example.org',
    },
    { name: 'Town Hall', latitude: 39.8, longitude: -89.64, telephone: '+12175552671' },
    { name: 'Town Hall', telephone: '+12175552671' },
    { name: 'Zoo', ...main },
    { name: 'Zoo', ...main },
    { name: 'City Hall' },
    { name: 'City Hall' },
  );
  expect(await cleanUp()).toEqual({
    state: 'finished',
    counts: { examined: 3, marked: 3, leftToPeople: 0, undoneBefore: 0, changedMeanwhile: 0 },
  });
  expect(await duplicates()).toEqual(['2', false, false, '3', false, '5', false, false]);
  expect((await cleanUp()).counts).toEqual({ examined: 0 });
});

test('branches of a chain with one telephone, and neighbours of one name, are left alone', async () => {
  await create(
    { name: 'Pizza', ...main, telephone: '+12175552671' },
    {
      name: 'Pizza',
      streetAddress: '9 Elm Street',
      addressLocality: 'Springfield',
      telephone: '+12175552671',
    },
    { name: 'Pier', latitude: 39.8, longitude: -89.64, url: 'https://town.example/pier' },
    { name: 'Pier', latitude: 39.9, longitude: -89.64, url: 'https://town.example/pier' },
  );
  expect((await cleanUp()).counts).toEqual({ examined: 0 });
});

test('what is open is kept rather than what is closed', async () => {
  await create({ name: 'Zoo', ...main, email: 'a@example.org', isClosed: true }, { name: 'Zoo', ...main });
  await cleanUp();
  expect(await duplicates()).toEqual(['2', false]);
});

test('a place between two that differ goes to one of them, and these stay two', async () => {
  await create(
    { name: 'Hall', ...main, telephone: '+12175552671', email: 'a@example.org' },
    { name: 'Hall', telephone: '+12175552671' },
    {
      name: 'Hall',
      streetAddress: '9 Elm Street',
      addressLocality: 'Springfield',
      telephone: '+12175552671',
    },
  );
  await cleanUp();
  expect(await duplicates()).toEqual([false, '1', false]);
});

test('with merge, what hangs on the duplicates is moved', async () => {
  await create(
    { name: 'Zoo', ...main, email: 'a@example.org' },
    { name: 'Zoo', ...main, telephone: '+12175552671' },
  );
  await asAna(() => Event.create({ name: 'Feeding', placeId: '2', startDate: new Date(), timeZone: 'UTC' }));
  expect((await cleanUp({ merge: true })).counts).toMatchObject({ examined: 1, merged: 1 });
  expect((await Event.findOne())?.placeId).toBe('1');
  expect(await Place.findByPk('1')).toMatchObject({ telephone: '+12175552671', email: 'a@example.org' });
});

test('two places that a person took apart, by hand or by undoing it, are not marked again', async () => {
  await create(
    { name: 'Zoo', ...main },
    { name: 'Zoo', ...main },
    { name: 'Hall', ...main },
    { name: 'Hall', ...main },
  );
  const ben = await asAna(() =>
    User.create({ email: 'ben@example.org', username: 'ben', role: 'admin', passwordHash: null }),
  );
  await cleanUp();
  await withUserActor(ben, async () =>
    (await Place.findByPk('2'))?.update({ isDuplicate: false, isClosed: false, duplicateOfId: null }),
  );
  const plan = await planUndoOf(sequelize, { filter: { correlationId: 'cleanup', objectId: '4' } }, ben);
  await applyUndoPlan(sequelize, plan.id, { by: ben, reason: 'Two halls' });
  expect(await duplicates()).toEqual([false, false, false, false]);
  expect((await cleanUp()).counts).toMatchObject({
    examined: 2,
    marked: 0,
    leftToPeople: 1,
    undoneBefore: 1,
  });
  expect(await duplicates()).toEqual([false, false, false, false]);
});

test('what changes between the search and the writing is left alone', async () => {
  await create({ name: 'Zoo', ...main }, { name: 'Zoo', ...main });
  const transact: Transact = async (work) => {
    await asAna(() => Place.update({ name: 'Aquarium' }, { where: { id: '2' } }));
    return await sequelize.transaction(work);
  };
  expect((await cleanUp({}, { transact })).counts).toMatchObject({
    examined: 1,
    marked: 0,
    changedMeanwhile: 1,
  });
  expect(await duplicates()).toEqual([false, false]);
});

test('it works in batches of 500, stops between two when it is told to, and resumes later', async () => {
  await create(...Array.from({ length: 1200 }, (_, index) => ({ name: `Stop ${index % 600}`, ...main })));
  const stop = new AbortController();
  const seen: unknown[] = [];
  const onBatch = (counts: object) => {
    seen.push(counts);
    stop.abort();
  };
  expect(await cleanUp({}, { signal: stop.signal, onBatch })).toMatchObject({
    state: 'stopped',
    counts: { examined: 500, marked: 500 },
  });
  expect(seen).toMatchObject([{ examined: 500 }]);
  expect(await Place.count({ where: { isDuplicate: true } })).toBe(500);
  expect((await cleanUp()).counts).toMatchObject({ examined: 100, marked: 100 });
  expect(await Place.count({ where: { isDuplicate: true } })).toBe(600);
});
