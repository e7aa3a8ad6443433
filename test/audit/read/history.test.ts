import { DataTypes } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { history, recordKey } from '../../../src/audit/read/history.ts';
import { collectForeignKeys, loadLabels } from '../../../src/audit/read/labels.ts';
import { renderEntryLine } from '../../../src/audit/read/render.ts';
import { summariseRun } from '../../../src/audit/read/run-summary.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { defineWidget, Widget } from '../../helpers/widget.ts';
import { addEntries } from './helpers/add-entries.ts';

let database: Database;
const asAna = <T>(fn: () => Promise<T>) => withUserActor({ id: '41', email: 'ana@example.org' }, fn);

beforeAll(async () => {
  database = await createTestDatabase();
  await defineWidget(database.sequelize);
  auditlog.register(Widget);
});
afterAll(() => database.close());

const lines = async (...[of, page]: [Parameters<typeof history>[1], Parameters<typeof history>[2]?]) =>
  (await history(database.sequelize, of, page)).entries.map(
    (entry) => `${entry.action} ${entry.objectLabel}`,
  );

describe('history', () => {
  test('gives the entries of a record, of several, and of a whole model, newest first', async () => {
    const [anvil, bolt] = await asAna(async () => {
      const made = [await Widget.create({ name: 'Anvil' }), await Widget.create({ name: 'Bolt' })] as const;
      await made[0].update({ name: 'Big anvil' });
      return made;
    });
    await addEntries(database.sequelize, [{ model: 'Gadget', objectId: String(anvil.id) }]);

    expect(await lines(anvil)).toEqual(['update Big anvil', 'create Anvil']);
    expect(await lines({ model: Widget, id: bolt.id })).toEqual(['create Bolt']);
    expect(await lines([anvil, bolt, anvil])).toEqual(['update Big anvil', 'create Bolt', 'create Anvil']);
    expect(await lines(Widget)).toEqual(['update Big anvil', 'create Bolt', 'create Anvil']);
    expect(await lines(Widget.unscoped())).toHaveLength(3);
    expect(await lines([bolt, { model: 'Gadget', id: anvil.id }])).toEqual(['update label', 'create Bolt']);
  });

  test('gives nothing for no records', async () => {
    expect(await history(database.sequelize, [])).toEqual({ entries: [], next: null });
    expect(await lines({ model: Widget, id: 0 })).toEqual([]);
    expect(await lines('Nothing')).toEqual([]);
  });

  test('still has the history of a deleted record, also when its key is used again', async () => {
    const widget = await asAna(() => Widget.create({ name: 'Short-lived' }));
    await asAna(() => widget.destroy());
    expect(await lines(widget)).toEqual(['delete Short-lived', 'create Short-lived']);
    await asAna(() => Widget.create({ id: widget.id, name: 'Second' }));
    expect(await lines(widget)).toEqual(['create Second', 'delete Short-lived', 'create Short-lived']);
  });

  test('has the history of a model that is not registered', async () => {
    await addEntries(database.sequelize, [
      { model: 'Gizmo', objectId: 'a' },
      { model: 'Gizmo', objectId: 'b' },
    ]);
    expect(await lines('Gizmo')).toHaveLength(2);
    expect(await lines({ model: 'Gizmo', id: 'a' })).toEqual(['update label']);
  });

  test('comes page by page', async () => {
    await addEntries(
      database.sequelize,
      Array.from({ length: 5 }, () => ({ model: 'Paged', objectId: '1' })),
    );
    const first = await history(database.sequelize, 'Paged', { limit: 3 });
    const second = await history(database.sequelize, 'Paged', { limit: 3, before: first.next ?? '' });
    expect([first.entries.length, second.entries.length, second.next]).toEqual([3, 2, null]);
    const ids = [...first.entries, ...second.entries].map(({ id }) => Number(id));
    expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  });
});

describe('recordKey', () => {
  test('names a record as its entries do, also one with a compound key', () => {
    const Seat = database.sequelize.define('Seat', {
      row: { type: DataTypes.TEXT, primaryKey: true },
      number: { type: DataTypes.INTEGER, primaryKey: true },
    });
    expect(recordKey(Seat.build({ row: 'A/B', number: 5 }))).toEqual({ model: 'Seat', objectId: 'A%2FB/5' });
    auditlog.register(Seat);
    expect(recordKey({ model: 'Seat', id: { number: 5, row: 'A' } })).toEqual({
      model: 'Seat',
      objectId: 'A/5',
    });
    expect(recordKey({ model: Seat, id: 'A/5' })).toEqual({ model: 'Seat', objectId: 'A/5' });
  });
});

describe('loadLabels', () => {
  test('gives the labels that entries need: of hidden records too, null for missing ones', async () => {
    await database.sequelize.query(
      `CREATE TABLE boxes (id serial PRIMARY KEY, name text, deleted_at timestamptz);
       INSERT INTO boxes (name, deleted_at) VALUES ('Crate', NULL), ('Broken crate', now())`,
    );
    const Box = database.sequelize.define(
      'Box',
      { name: DataTypes.TEXT },
      {
        tableName: 'boxes',
        paranoid: true,
        createdAt: false,
        updatedAt: false,
        underscored: true,
        defaultScope: { where: { name: 'x' } },
      },
    );
    const Part = database.sequelize.define('Part', { name: DataTypes.TEXT });
    Part.belongsTo(Box, { as: 'box', foreignKey: 'boxId' });
    auditlog.register(Box);
    auditlog.register(Part);
    const entries = [
      { model: 'Part', changes: { boxId: [1, 2] } },
      { model: 'Part', changes: { boxId: [7, 'no number'] } },
      { model: 'Part', changes: { boxId: [99999999999, null] } },
    ];
    const labelOf = await loadLabels(collectForeignKeys(entries));
    expect(entries.map((entry) => renderEntryLine(entry, { labelOf }))).toEqual([
      'box: Crate (1) → Broken crate (2)',
      "box: Deleted 'Box' (7) → Deleted 'Box' (no number)",
      "box: Deleted 'Box' (99999999999) → (empty)",
    ]);
    expect(labelOf('Box', '3')).toBeUndefined();
    expect(labelOf('Lid', '1')).toBeUndefined();
  });
});

describe('summariseRun', () => {
  test('counts changes per field with the commonest new value, of relations what joined', async () => {
    const joined = (...objects: string[]) => ({
      tags: { type: 'm2m', operation: 'add', objects, ids: objects },
    });
    await addEntries(database.sequelize, [
      { run: '70', objectId: '1', changes: { name: ['Hall', 'Access denied'] } },
      { run: '70', objectId: '2', changes: { name: ['Park', 'Access denied'], price: ['1.00', null] } },
      { run: '70', objectId: '3', changes: { name: [null, 'Square'] } },
      { run: '70', objectId: '3', changes: joined('jazz') },
      { run: '70', objectId: '5', changes: joined('jazz') },
      {
        run: '70',
        objectId: '4',
        changes: { tags: { type: 'm2m', operation: 'delete', objects: ['free'], ids: ['1'] } },
      },
      { run: '71', objectId: '5', changes: { name: ['a', 'b'] } },
    ]);
    const { fields } = await summariseRun(database.sequelize, '70');
    expect(fields.map(({ samples, ...counts }) => ({ ...counts, samples: samples.length }))).toEqual([
      {
        model: 'Widget',
        field: 'name',
        changes: 3,
        commonestNewValue: 'Access denied',
        commonestCount: 2,
        samples: 3,
      },
      {
        model: 'Widget',
        field: 'tags',
        changes: 3,
        commonestNewValue: ['jazz'],
        commonestCount: 2,
        samples: 3,
      },
      { model: 'Widget', field: 'price', changes: 1, commonestNewValue: null, commonestCount: 1, samples: 1 },
    ]);
    expect(fields[1]?.samples).toMatchObject([
      { old: null, new: ['jazz'] },
      { old: null, new: ['jazz'] },
      { old: ['free'], new: null },
    ]);
  });
});
