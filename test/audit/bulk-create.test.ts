import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withUserActor } from '../../src/audit/actors.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import type { Database } from '../../src/database/open-database.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { logOf } from '../helpers/log-of.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { defineWidget, Widget } from '../helpers/widget.ts';

const ana = { id: '41', email: 'ana@example.org' };
const ben = { id: '42', email: 'ben@example.org' };
let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await defineWidget(database.sequelize);
  auditlog.register(Widget, { label: 'code' });
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.sequelize, 'widgets', 'log_entries');
});

const asAna = <T>(fn: () => Promise<T>) => withUserActor(ana, fn);

test('bulkCreate writes one entry per row with one insert', async () => {
  await asAna(() => Widget.bulkCreate([{ code: 'a' }, { code: 'b' }, { code: 'c' }]));
  // Rows of one statement share the transaction and the command number that made them.
  const [statements] = await database.sequelize.query(
    'SELECT DISTINCT xmin::text, cmin::text FROM log_entries',
  );
  expect(statements).toHaveLength(1);
  expect((await logOf()).map((entry) => [entry.action, entry.objectLabel])).toEqual([
    ['create', 'a'],
    ['create', 'b'],
    ['create', 'c'],
  ]);
});

test('each row of a bulkCreate can carry its own actor and source page', async () => {
  const rows = [{ sourceUrl: 'https://a.example/' }, { actor: ben }];
  await asAna(() => Widget.bulkCreate([{ code: 'a' }, { code: 'b' }], { audit: { rows } }));
  expect((await logOf()).map((entry) => [entry.actorEmail, entry.sourceUrl])).toEqual([
    ['ana@example.org', 'https://a.example/'],
    ['ben@example.org', null],
  ]);
});

test('bulkCreate with updateOnDuplicate records inserts as created and updates with their old values', async () => {
  await asAna(() =>
    Widget.bulkCreate([
      { code: 'a', count: 1 },
      { code: 'b', count: 2 },
    ]),
  );
  await database.sequelize.query("UPDATE widgets SET count = 9 WHERE code = 'b'");
  const rows = [{ sourceUrl: 'https://b.example/' }, { sourceUrl: 'https://c.example/' }];
  const instances = await asAna(() =>
    Widget.bulkCreate(
      [
        { code: 'b', count: 3 },
        { code: 'c', count: 4 },
      ],
      {
        updateOnDuplicate: ['count'],
        audit: { rows },
      },
    ),
  );
  expect(instances.map((instance) => [instance.id, instance.code])).toEqual([
    [2, 'b'],
    [3, 'c'],
  ]);
  const entries = (await logOf()).slice(2);
  expect(entries).toHaveLength(2);
  expect(entries).toContainEqual(
    expect.objectContaining({
      action: 'update',
      changes: { count: [9, 3] },
      sourceUrl: 'https://b.example/',
    }),
  );
  expect(entries).toContainEqual(
    expect.objectContaining({
      action: 'create',
      changes: { code: [null, 'c'], count: [null, 4] },
      sourceUrl: 'https://c.example/',
    }),
  );
});

test('rows that updateOnDuplicate leaves as they were are not recorded', async () => {
  await asAna(() => Widget.bulkCreate([{ code: 'a', count: 1 }]));
  await asAna(() => Widget.bulkCreate([{ code: 'a', count: 1 }], { updateOnDuplicate: ['count'] }));
  expect(await logOf()).toHaveLength(1);
});

test('rows whose key another transaction inserts in between are updated and recorded with its values', async () => {
  const other = await database.sequelize.transaction();
  await asAna(() => Widget.create({ code: 'a', count: 100 }, { transaction: other }));
  // Waits for the other transaction's row, fails on it, looks again and finds it.
  const upsert = asAna(() => Widget.bulkCreate([{ code: 'a', count: 1 }], { updateOnDuplicate: ['count'] }));
  const blocked = database.sequelize.query(
    `DO $$ BEGIN
       FOR i IN 1..2000 LOOP
         PERFORM pg_stat_clear_snapshot();
         EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE NOT granted);
         PERFORM pg_sleep(0.01);
       END LOOP;
     END $$`,
  );
  await blocked;
  await other.commit();
  await upsert;
  expect((await logOf()).map((entry) => [entry.action, entry.changes.count])).toEqual([
    ['create', [null, 100]],
    ['update', [100, 1]],
  ]);
});

test('bulkCreate with individualHooks records each row once', async () => {
  await asAna(() => Widget.bulkCreate([{ code: 'a' }, { code: 'b' }], { individualHooks: true }));
  expect(await logOf()).toHaveLength(2);
});

test('bulkCreate with ignoreDuplicates is refused with the way that works', async () => {
  const call = asAna(() => Widget.bulkCreate([{ code: 'a' }], { ignoreDuplicates: true }));
  await expect(call).rejects.toMatchObject({
    code: 'AUDIT_WRITE_REFUSED',
    message: expect.stringContaining('use updateOnDuplicate'),
  });
  expect(await Widget.count()).toBe(0);
});

test('a bulkCreate that fails in part leaves neither rows nor entries', async () => {
  await expect(asAna(() => Widget.bulkCreate([{ name: 'ok' }, { name: 'forbidden' }]))).rejects.toThrow();
  expect(await Widget.count()).toBe(0);
  expect(await logOf()).toEqual([]);
});
