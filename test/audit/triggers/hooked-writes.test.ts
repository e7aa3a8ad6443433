import { DataTypes, Model, type QueryOptions, QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { Widget } from '../../helpers/widget.ts';
import { asAna, entries, makeAuditedWidgets } from './audited-widgets.ts';

class Note extends Model {}

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sequelize } = database;
  await makeAuditedWidgets(sequelize);
  await sequelize.query('CREATE SCHEMA archive');
  await sequelize.query(
    'CREATE TABLE archive."old notes" (id serial PRIMARY KEY, text text, deleted_at timestamptz)',
  );
  Note.init(
    { text: DataTypes.TEXT },
    {
      sequelize,
      schema: 'archive',
      tableName: 'old notes',
      modelName: 'Note',
      timestamps: true,
      createdAt: false,
      updatedAt: false,
      paranoid: true,
    },
  );
  auditlog.register(Note);
  await installTriggers(sequelize, auditlog.registrations());
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'widgets', 'archive."old notes"'));

const lines = async () => (await entries()).map(([line]) => line.split(' as ')[0]);

test('every way of writing through a model is recorded once, by hooks or by triggers', async () => {
  await asAna(async () => {
    const widget = await Widget.create({ name: 'a', code: 'one' });
    await widget.update({ name: 'b' });
    await widget.save({ fields: [] });
    await widget.increment('count');
    await widget.destroy();
  });
  expect(await lines()).toEqual(['create Widget:1', 'update Widget:1', 'update Widget:1', 'delete Widget:1']);
  await emptyTables(database.sequelize, 'widgets');

  await asAna(async () => {
    await Widget.bulkCreate([{ code: 'a' }, { code: 'b' }]);
    await Widget.bulkCreate([{ code: 'b', name: 'B' }, { code: 'c' }], {
      updateOnDuplicate: ['name'],
      conflictAttributes: ['code'],
    });
    await Widget.bulkCreate([{ code: 'e' }, { code: 'f' }], { individualHooks: true });
  });
  expect((await lines()).sort()).toEqual([
    'create Widget:1',
    'create Widget:2',
    'create Widget:3',
    expect.stringMatching('create'),
    expect.stringMatching('create'),
    'update Widget:2',
  ]);
  await emptyTables(database.sequelize, 'widgets');

  await asAna(async () => {
    await Widget.bulkCreate([{ code: 'a' }, { code: 'b' }]);
    await Widget.bulkCreate([{ code: 'a' }, { code: 'c' }], { ignoreDuplicates: true });
    await Widget.upsert({ code: 'a', name: 'A' });
    await Widget.update({ name: 'x' }, { where: { code: 'b' } });
    await Widget.increment({ count: 3 }, { where: { code: 'b' } });
    await Widget.create({ code: 'd' }, { hooks: false });
    await Widget.destroy({ where: { code: 'b' } });
    await Widget.findOrCreate({ where: { code: 'g' } });
    await Widget.truncate();
  });
  expect(
    (await entries()).map(([line, changes]) => [
      line.slice(0, 6),
      Object.keys(Object(changes)).sort().join(),
    ]),
  ).toEqual([
    ['create', 'code,count'],
    ['create', 'code,count'],
    ['create', 'code,count'],
    ['update', 'name'],
    ['update', 'name'],
    ['update', 'count'],
    ['create', 'code,count'],
    ['delete', 'code,count,name'],
    ['create', 'code,count'],
    ...Array.from({ length: 4 }, () => ['delete', expect.stringMatching('code,count')]),
  ]);
});

test('a paranoid model in another schema, with a name that needs quotes, is recorded once too', async () => {
  await asAna(async () => {
    const note = await Note.create({ text: 'a' });
    await note.destroy();
    await note.restore();
    await Note.destroy({ where: {} });
    await Note.destroy({ where: {}, force: true });
  });
  expect(await lines()).toEqual([
    'create Note:1',
    'update Note:1',
    'update Note:1',
    'update Note:1',
    'delete Note:1',
  ]);
});

test('a raw statement is never taken for a hooked one, whatever its options say', async () => {
  await asAna(async () => {
    const options: QueryOptions = Object.assign({ raw: true }, { auditTable: 'widgets' });
    await database.sequelize.query(`INSERT INTO widgets (name) VALUES ('a')`, options);
    await database.sequelize.query(`UPDATE widgets SET name = 'b'; DELETE FROM widgets`, options);
    await database.sequelize.query(`INSERT INTO widgets (name) VALUES ('a')`, {
      ...options,
      type: QueryTypes.INSERT,
    });
  });
  expect(await lines()).toEqual(['create Widget:1', 'update Widget:1', 'delete Widget:1', 'create Widget:2']);
});

test('without its hooks a write is not lost: the trigger sees that nobody else records it', async () => {
  await asAna(() => database.sequelize.getQueryInterface().bulkInsert('widgets', [{ name: 'a' }]));
  expect(await LogEntry.count()).toBe(1);
});
