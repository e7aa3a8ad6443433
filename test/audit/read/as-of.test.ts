import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import type { RecordedValues } from '../../../src/audit/read/as-of.ts';
import { asOf, asOfAll } from '../../../src/audit/read/as-of.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { jsonValue } from '../../../src/audit/values.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { defineWidget, Widget } from '../../helpers/widget.ts';
import { type AddedEntry, addEntries } from './helpers/add-entries.ts';

let database: Database;
const asAna = <T>(fn: () => Promise<T>) => withUserActor({ id: '41', email: 'ana@example.org' }, fn);
const later = () => new Date(Date.now() + 60_000);
const recorded = () =>
  auditlog.registrations().find(({ modelName }) => modelName === 'Widget')?.attributes ?? [];

beforeAll(async () => {
  database = await createTestDatabase();
  await defineWidget(database.sequelize);
  auditlog.register(Widget, { mask: ['secret'] });
});
afterAll(() => database.close());

const at = (day: number) => new Date(Date.UTC(2027, 2, day, 12));
const add = (entries: (AddedEntry & { day: number })[]) =>
  addEntries(
    database.sequelize,
    entries.map(({ day, ...entry }) => ({ ...entry, timestamp: at(day).toISOString() })),
  );
const gizmo = (time: Date, id = 'a') => asOf(database.sequelize, { model: 'Gizmo', id }, time);

async function all(...[model, where, time]: [string | typeof Widget, Record<string, unknown>, Date]) {
  const found: Record<string, RecordedValues> = {};
  for await (const { objectId, values } of asOfAll(database.sequelize, model, where, time))
    found[objectId] = values;
  return found;
}

describe('asOf', () => {
  beforeAll(async () => {
    const relation = (operation: string, ...ids: string[]) => ({
      tags: { type: 'm2m', operation, objects: ids, ids },
    });
    await add([
      {
        day: 1,
        action: 'create',
        model: 'Gizmo',
        objectId: 'a',
        changes: { name: [null, 'One'], size: [null, 1] },
      },
      { day: 2, action: 'update', model: 'Gizmo', objectId: 'a', changes: { size: [1, 2] } },
      { day: 3, action: 'update', model: 'Gizmo', objectId: 'a', changes: relation('add', '9', '10') },
      { day: 4, action: 'update', model: 'Gizmo', objectId: 'a', changes: relation('delete', '9') },
      { day: 4, action: 'access', model: 'Gizmo', objectId: 'a', changes: {} },
      {
        day: 5,
        action: 'delete',
        model: 'Gizmo',
        objectId: 'a',
        changes: { name: ['One', null], size: [2, null] },
      },
      { day: 6, action: 'create', model: 'Gizmo', objectId: 'a', changes: { size: [null, 7] } },
      {
        day: 2,
        action: 'create',
        model: 'Gizmo',
        objectId: 'b',
        changes: { name: [null, 'Two'], size: [null, 2] },
      },
      { day: 2, action: 'update', model: 'Gizmo', objectId: 'old', changes: { size: [4, 5] } },
    ]);
  });

  test('gives a record as it was at a time, up to and including the entry of that moment', async () => {
    expect(await gizmo(new Date(at(1).getTime() - 1))).toBeNull();
    expect(await gizmo(at(1))).toEqual({ name: 'One', size: 1 });
    expect(await gizmo(new Date(at(2).getTime() - 1))).toEqual({ name: 'One', size: 1 });
    expect(await gizmo(at(2))).toEqual({ name: 'One', size: 2 });
    expect(await gizmo(at(3))).toEqual({ name: 'One', size: 2, tags: ['10', '9'] });
    expect(await gizmo(at(4))).toEqual({ name: 'One', size: 2, tags: ['10'] });
    expect(await gizmo(at(5))).toBeNull();
  });

  test('keeps a record apart from an earlier one with the same key', async () => {
    expect(await gizmo(at(6))).toEqual({ size: 7 });
  });

  test('knows of a record that was there before the log only what entries named', async () => {
    expect(await gizmo(at(1), 'old')).toBeNull();
    expect(await gizmo(at(2), 'old')).toEqual({ size: 5 });
  });

  test('gives the records of a model that had certain values at a time', async () => {
    expect(await all('Gizmo', {}, at(2))).toEqual({
      a: { name: 'One', size: 2 },
      b: { name: 'Two', size: 2 },
      old: { size: 5 },
    });
    expect(await all('Gizmo', { size: 2 }, at(2))).toEqual({
      a: { name: 'One', size: 2 },
      b: { name: 'Two', size: 2 },
    });
    expect(await all('Gizmo', { size: 2, name: 'Two' }, at(6))).toEqual({ b: { name: 'Two', size: 2 } });
    expect(await all('Gizmo', {}, at(5))).not.toHaveProperty('a');
    expect(await all('Gizmo', { name: null }, at(2))).toEqual({});
  });

  test('goes through records with more entries than are held in memory at a time', async () => {
    const entries = Array.from({ length: 1300 }, (_, index) => ({
      day: 1,
      action: index === 0 ? ('create' as const) : ('update' as const),
      model: 'Busy',
      objectId: index < 1200 ? '1' : '2',
      changes: { n: [index, index + 1] },
    }));
    await add(entries);
    expect(await all('Busy', {}, at(1))).toEqual({ '1': { n: 1200 }, '2': { n: 1300 } });
    expect(await asOf(database.sequelize, { model: 'Busy', id: '1' }, at(1))).toEqual({ n: 1200 });
  });

  test('gives all recorded fields of a registered model, and masked ones masked', async () => {
    const widget = await asAna(() =>
      Widget.create({ name: 'Anvil', secret: 'x', price: 1.5, soldAt: at(1) }),
    );
    const values = await asOf(database.sequelize, widget, later());
    expect(Object.keys(values ?? {}).sort()).toEqual([...recorded()]);
    expect(values).toMatchObject({
      name: 'Anvil',
      secret: '********',
      price: '1.50',
      weight: null,
      soldAt: '2027-03-01T12:00:00.000Z',
    });
    expect(Object.keys(await all(Widget, { soldAt: at(1), price: '1.50', weight: null }, later()))).toEqual([
      String(widget.id),
    ]);
    expect(Object.values(await all(Widget.unscoped(), {}, later()))).toEqual([values]);
    await asAna(() => widget.destroy());
    expect(await asOf(database.sequelize, { model: Widget, id: widget.id }, later())).toBeNull();
  });

  test('refuses to compare what the log does not hold', async () => {
    await expect(all(Widget, { createdAt: null }, at(1))).rejects.toThrow(
      /Widget\.createdAt is not recorded.*code, /,
    );
    await expect(all(Widget, { secret: 'x' }, at(1))).rejects.toMatchObject({ code: 'AUDIT_QUERY_INVALID' });
    expect(await all(Widget, { secret: null }, at(1))).toEqual({});
  });
});

describe('asOf now', () => {
  const values = fc.record(
    {
      name: fc.option(fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !text.includes('\0'))),
      secret: fc.option(fc.constantFrom('a', 'b')),
      price: fc.option(fc.integer({ min: -9999, max: 9999 }).map((cents) => cents / 100)),
      size: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
      weight: fc.option(fc.double()),
      count: fc.integer({ min: 0, max: 9 }),
      soldAt: fc.option(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
      ),
      soldOn: fc.option(fc.constantFrom('2027-03-01', '2024-02-29')),
      soldTime: fc.option(fc.constantFrom('18:00:00', '18:00:00.5')),
      meta: fc.option(fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 'x', null, [true]))),
      tags: fc.option(fc.array(fc.constantFrom('iron', 'a,b', '"', ''), { maxLength: 3 })),
      photo: fc.option(fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes))),
    },
    { requiredKeys: [] },
  );
  const step = fc.record({
    way: fc.constantFrom('create', 'update', 'update', 'bulkCreate', 'destroy'),
    record: fc.nat({ max: 3 }),
    values,
  });

  test('equals the stored rows after any writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        await asAna(async () => {
          for (const { way, record, values: given } of steps) {
            const rows = await Widget.findAll({ order: ['id'] });
            const row = rows[record % Math.max(rows.length, 1)];
            if (way === 'create' || row === undefined) await Widget.create(given);
            else if (way === 'update') await row.update(given);
            else if (way === 'bulkCreate') await Widget.bulkCreate([given, { ...given, name: 'twin' }]);
            else await row.destroy();
          }
        });
        const rows = await Widget.findAll();
        const expected = rows.map((row) => [
          String(row.id),
          Object.fromEntries(
            recorded().map((field) => {
              const value = jsonValue(row.get(field));
              return [field, field === 'secret' && value !== null ? '********' : value];
            }),
          ),
        ]);
        expect(await all(Widget, {}, later())).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 25 },
    );
  });
});
