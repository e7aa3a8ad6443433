import { literal } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withUserActor } from '../../src/audit/actors.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import type { Database } from '../../src/database/open-database.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { logOf } from '../helpers/log-of.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { defineWidget, Widget } from '../helpers/widget.ts';

const ana = { id: '41', email: 'ana@example.org' };
let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await defineWidget(database.sequelize);
  auditlog.register(Widget, { mask: ['secret'] });
});
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(database.sequelize, 'widgets', 'log_entries');
});

const asAna = <T>(fn: () => Promise<T>) => withUserActor(ana, fn);
const log = () => logOf('Widget');
const lastChanges = async () => (await log()).at(-1)?.changes;
const rows = async () => Widget.findAll({ raw: true, order: ['id'] });

test('a created row has one entry with its label, its actor and only the fields that have a value', async () => {
  await asAna(() => Widget.create({ name: 'Anvil', price: 10.5 }));
  expect(await log()).toEqual([
    {
      action: 'create',
      actorEmail: 'ana@example.org',
      changes: { name: [null, 'Anvil'], price: [null, '10.50'], count: [null, 7] },
      objectLabel: 'Anvil',
      runId: null,
      sourceUrl: null,
    },
  ]);
});

test('an update is recorded with only the fields that changed', async () => {
  const widget = await asAna(() => Widget.create({ name: 'Anvil', count: 1 }));
  await asAna(() => widget.update({ name: 'Anvil', count: 2 }));
  expect((await log())[1]).toMatchObject({ action: 'update', changes: { count: [1, 2] } });
});

test('a deletion is recorded with all values, and its entry outlives the row', async () => {
  const widget = await asAna(() => Widget.create({ name: 'Anvil', tags: ['iron'] }));
  await asAna(() => widget.destroy());
  expect(await rows()).toEqual([]);
  expect((await log())[1]).toMatchObject({
    action: 'delete',
    objectLabel: 'Anvil',
    changes: { name: ['Anvil', null], tags: [['iron'], null], count: [7, null] },
  });
});

test('the old value is the one in the database, not the one the instance remembers', async () => {
  const widget = await asAna(() => Widget.create({ count: 1 }));
  await database.sequelize.query('UPDATE widgets SET count = 50');
  await asAna(() => widget.update({ count: 60 }));
  expect(await lastChanges()).toEqual({ count: [50, 60] });
});

test('a field that is set twice before saving is recorded from its stored value', async () => {
  const widget = await asAna(() => Widget.create({ name: 'zz' }));
  widget.name = 's1';
  widget.name = 's2';
  await asAna(() => widget.save());
  expect(await lastChanges()).toEqual({ name: ['zz', 's2'] });
});

test('a field that is set and set back is no change', async () => {
  const widget = await asAna(() => Widget.create({ name: 'same' }));
  widget.name = 'other';
  widget.name = 'same';
  await asAna(() => widget.save());
  expect(await log()).toHaveLength(1);
});

test('after a rollback the next write is recorded from what is really stored', async () => {
  const widget = await asAna(() => Widget.create({ count: 1 }));
  const undone = database.sequelize.transaction(async (transaction) => {
    await asAna(() => widget.update({ count: 2 }, { transaction }));
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');
  expect(await log()).toHaveLength(1);
  await asAna(() => widget.update({ count: 3 }));
  expect(await lastChanges()).toEqual({ count: [1, 3] });
});

test('equal values in another form are no change', async () => {
  const soldAt = new Date('2026-03-01T12:00:00Z');
  const widget = await asAna(() =>
    Widget.create({ price: '10.50', size: '5', count: 7, weight: 1.5, soldAt, meta: { a: 1, b: [] } }),
  );
  widget.set({ price: 10.5, size: 5, meta: { b: [], a: 1 } });
  widget.set('soldAt', new Date('2026-03-01T13:00:00+01:00'));
  widget.changed('price', true);
  widget.changed('meta', true);
  await asAna(() => widget.save());
  expect(await log()).toHaveLength(1);
});

test('every kind of column is recorded in native JSON', async () => {
  await asAna(() =>
    Widget.create({
      name: 'all',
      price: 1.5,
      size: '9007199254740993',
      weight: 0.1,
      soldAt: new Date('2026-03-01T12:00:00Z'),
      soldOn: '2026-03-01',
      soldTime: '12:30:00',
      meta: { empty: [], deep: { n: 1 } },
      tags: [],
      photo: Buffer.from('hi'),
    }),
  );
  expect(await lastChanges()).toEqual({
    name: [null, 'all'],
    price: [null, '1.50'],
    size: [null, '9007199254740993'],
    weight: [null, 0.1],
    count: [null, 7],
    soldAt: [null, '2026-03-01T12:00:00.000Z'],
    soldOn: [null, '2026-03-01'],
    soldTime: [null, '12:30:00'],
    meta: [null, { empty: [], deep: { n: 1 } }],
    tags: [null, []],
    photo: [null, 'aGk='],
  });
});

test('JSON that was changed in place is recorded with its stored old value', async () => {
  const widget = await asAna(() => Widget.create({ meta: { a: 1 } }));
  if (widget.meta !== null) widget.meta.a = 2;
  widget.changed('meta', true);
  await asAna(() => widget.save());
  expect(await lastChanges()).toEqual({ meta: [{ a: 1 }, { a: 2 }] });
});

test('a database expression is recorded as the value it gave', async () => {
  const widget = await asAna(() => Widget.create({ count: 20 }));
  await asAna(() => widget.update({ count: literal('count * 2 + 2') }));
  expect(await lastChanges()).toEqual({ count: [20, 42] });
});

test('save with a list of fields records those and leaves other unsaved changes unsaved', async () => {
  const widget = await asAna(() => Widget.create({ name: 'a', count: 1 }));
  widget.set({ name: 'b', count: 2 });
  await asAna(() => widget.save({ fields: ['name'] }));
  expect(await lastChanges()).toEqual({ name: ['a', 'b'] });
  expect(widget.count).toBe(2);
  await asAna(() => widget.save());
  expect(await lastChanges()).toEqual({ count: [1, 2] });
});

test('a record loaded in part is recorded in full and stays partial', async () => {
  await asAna(() => Widget.create({ name: 'a', count: 3 }));
  const widget = await Widget.findOne({ attributes: ['id', 'name'], rejectOnEmpty: true });
  await asAna(() => widget.update({ count: 4 }));
  expect(await lastChanges()).toEqual({ count: [3, 4] });
  expect(Object.keys(widget.dataValues).sort()).toEqual(['count', 'id', 'name', 'updatedAt']);
});

test('saving or destroying a row that is already gone records nothing', async () => {
  const widget = await asAna(() => Widget.create({ name: 'a' }));
  await database.sequelize.query('DELETE FROM widgets');
  await asAna(() => widget.update({ name: 'b' }));
  await asAna(() => widget.destroy());
  expect((await log()).map((entry) => entry.action)).toEqual(['create']);
});

test('a masked field shows that it changed and never what', async () => {
  const widget = await asAna(() => Widget.create({ secret: 'hunter2' }));
  await asAna(() => widget.update({ secret: 'hunter3' }));
  await asAna(() => widget.update({ secret: null }));
  const changes = (await log()).map((entry) => entry.changes.secret);
  expect(changes).toEqual([
    [null, '********'],
    ['********', '********'],
    ['********', null],
  ]);
});

test('without an actor every write is refused and nothing is written', async () => {
  const widget = await asAna(() => Widget.create({ name: 'a' }));
  const refusal = { code: 'AUDIT_NO_ACTOR' };
  await expect(async () => Widget.create({ name: 'b' })).rejects.toMatchObject(refusal);
  await expect(async () => Widget.build({ name: 'b' }).save()).rejects.toMatchObject(refusal);
  await expect(async () => widget.update({ name: 'b' })).rejects.toMatchObject(refusal);
  await expect(async () => widget.destroy()).rejects.toMatchObject(refusal);
  await expect(async () => Widget.bulkCreate([{ name: 'b' }])).rejects.toMatchObject(refusal);
  await expect(async () => Widget.findOrCreate({ where: { name: 'b' } })).rejects.toMatchObject(refusal);
  expect((await rows()).map((row) => row.name)).toEqual(['a']);
  expect(await log()).toHaveLength(1);
});

test.each(['truncate', 'upsert', 'increment', 'decrement'] as const)(
  'without triggers Model.%s, which cannot be recorded, is refused with the way that works',
  async (method) => {
    await asAna(() => Widget.create({ name: 'a', count: 1 }));
    const call = asAna(async () => Reflect.apply(Widget[method], Widget, [{ count: 2 }, { where: {} }]));
    await expect(call).rejects.toMatchObject({
      code: 'AUDIT_WRITE_REFUSED',
      message: expect.stringContaining('Instead, '),
    });
    expect((await rows())[0]).toMatchObject({ name: 'a', count: 1 });
  },
);

test('without triggers instance increment and hooks: false are refused too', async () => {
  const widget = await asAna(() => Widget.create({ count: 1 }));
  const refusal = { code: 'AUDIT_WRITE_REFUSED' };
  await expect(asAna(() => widget.increment('count'))).rejects.toMatchObject(refusal);
  await expect(asAna(() => widget.save({ hooks: false }))).rejects.toMatchObject(refusal);
  await expect(asAna(() => Widget.bulkCreate([{ count: 2 }], { hooks: false }))).rejects.toMatchObject(
    refusal,
  );
  expect(await rows()).toMatchObject([{ count: 1 }]);
});

test('without triggers Model.update and Model.destroy are recorded row by row, also when scoped', async () => {
  await asAna(() => Widget.bulkCreate([{ count: 1 }, { count: 2 }, { count: 3 }]));
  const [count] = await asAna(() => Widget.unscoped().update({ name: 'x' }, { where: { count: [1, 3] } }));
  expect(count).toBe(2);
  expect(await asAna(() => Widget.destroy({ where: { count: 3 } }))).toBe(1);
  expect((await log()).slice(3).map((entry) => [entry.action, entry.changes])).toEqual([
    ['update', { name: [null, 'x'] }],
    ['update', { name: [null, 'x'] }],
    ['delete', { name: ['x', null], count: [3, null] }],
  ]);
});

test('when the entry cannot be written the data change does not happen', async () => {
  const widget = await asAna(() => Widget.create({ name: 'a', count: 1 }));
  await database.sequelize.query(
    "ALTER TABLE log_entries ADD CONSTRAINT broken CHECK (model <> 'Widget') NOT VALID",
  );
  try {
    await expect(asAna(() => Widget.create({ name: 'b' }))).rejects.toThrow('broken');
    await expect(asAna(() => widget.update({ count: 2 }))).rejects.toThrow('broken');
    await expect(asAna(() => widget.destroy())).rejects.toThrow('broken');
    await expect(asAna(() => Widget.bulkCreate([{ name: 'b' }]))).rejects.toThrow('broken');
    await expect(asAna(() => Widget.findOrCreate({ where: { name: 'b' } }))).rejects.toThrow('broken');
  } finally {
    await database.sequelize.query('ALTER TABLE log_entries DROP CONSTRAINT broken');
  }
  expect(await rows()).toMatchObject([{ name: 'a', count: 1 }]);
  expect(await log()).toHaveLength(1);
});

test('when the data change fails there is no entry', async () => {
  await expect(asAna(() => Widget.create({ name: 'forbidden' }))).rejects.toThrow('check constraint');
  expect(await log()).toEqual([]);
});

test('findOrCreate records what it creates and nothing when it finds', async () => {
  const [, created] = await asAna(() => Widget.findOrCreate({ where: { code: 'k1' } }));
  const [, createdAgain] = await asAna(() => Widget.findOrCreate({ where: { code: 'k1' } }));
  expect([created, createdAgain]).toEqual([true, false]);
  expect(await log()).toHaveLength(1);
});
