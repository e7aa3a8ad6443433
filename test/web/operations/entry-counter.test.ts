import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../../../src/database/open-database.ts';
import { openSession } from '../../../src/database/open-session.ts';
import { entryCounter } from '../../../src/web/operations/entry-counter.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

let database: Database;
let slow: pg.Client;
let quick: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  slow = await openSession(database.sequelize);
  quick = await openSession(database.sequelize);
});
afterAll(async () => {
  await slow.end();
  await quick.end();
  await database.close();
});

const write = (session: pg.Client, action: number) =>
  session.query(
    `INSERT INTO log_entries (action, model, object_id, object_label, changes, actor_email)
     VALUES ($1, 'Place', '1', 'Library', '{}', 'ana@example.org')`,
    [action],
  );
const counts = async (count: ReturnType<typeof entryCounter>) => Object.fromEntries(await count());

it('counts each entry once, also one that is committed after later ones were counted', async () => {
  const count = entryCounter(database.sequelize);
  expect(await counts(count)).toEqual({});
  await write(quick, 0);
  await slow.query('BEGIN');
  await write(slow, 2);
  await write(quick, 1);
  expect(await counts(count)).toEqual({ 0: 1, 1: 1 });
  expect(await counts(count)).toEqual({ 0: 1, 1: 1 });
  await slow.query('COMMIT');
  expect(await counts(count)).toEqual({ 0: 1, 1: 1, 2: 1 });
  await write(slow, 0);
  expect(await Promise.all([counts(count), counts(count)])).toEqual(Array(2).fill({ 0: 2, 1: 1, 2: 1 }));
});

it('reads what it has counted no second time: what retention removes stays counted until the next start', async () => {
  const count = entryCounter(database.sequelize);
  const before = await counts(count);
  await slow.query('BEGIN');
  await slow.query('SET LOCAL hotspots.retention = on');
  await slow.query('DELETE FROM log_entries WHERE action = 1');
  await slow.query('COMMIT');
  await write(quick, 0);
  expect(await counts(count)).toEqual({ ...before, 0: (before[0] ?? 0) + 1 });
  expect(await counts(entryCounter(database.sequelize))).toEqual({ 0: 3, 2: 1 });
});

it('counts again after the database was away', async () => {
  const count = entryCounter(database.sequelize);
  await quick.query('ALTER TABLE log_entries RENAME TO away');
  await expect(count()).rejects.toThrow(/log_entries/);
  await quick.query('ALTER TABLE away RENAME TO log_entries');
  expect(await counts(count)).toEqual({ 0: 3, 2: 1 });
});
