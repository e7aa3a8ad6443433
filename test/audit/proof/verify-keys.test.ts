import { DataTypes } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import type { LogProblem } from '../../../src/audit/proof/object-replay.ts';
import { compareBytes, verifyLog } from '../../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const words = ['', 'a', 'B', 'a/b', '%2F', '\u00e9', '\ud7ff', '\ue000', '\ufffd', '\u{1f600}', '\u{10ffff}'];

test('texts are compared as the database does with the collation "C"', async () => {
  const [rows] = await database.sequelize.query(
    'SELECT word FROM unnest($1::text[]) AS word ORDER BY word COLLATE "C"',
    { bind: [words] },
  );
  expect(words.toSorted(compareBytes)).toEqual(rows.map((row) => Reflect.get(Object(row), 'word')));
  expect(words.toSorted(compareBytes)).not.toEqual(words.toSorted());
});

test('rows with text keys and compound keys in another schema meet their entries', async () => {
  const { sequelize } = database;
  await sequelize.query('CREATE SCHEMA "far away"');
  await sequelize.query(
    `CREATE TABLE "far away"."The Shelves" (row_name text, number bigint, content text, "secretNote" text,
       PRIMARY KEY (row_name, number))`,
  );
  const Shelf = sequelize.define(
    'Shelf',
    {
      rowName: { type: DataTypes.TEXT, primaryKey: true },
      number: { type: DataTypes.BIGINT, primaryKey: true },
      content: DataTypes.TEXT,
      note: { type: DataTypes.TEXT, field: 'secretNote' },
    },
    { schema: 'far away', tableName: 'The Shelves', underscored: true, timestamps: false },
  );
  auditlog.register(Shelf);
  await withUserActor({ id: '41', email: 'ana@example.org' }, () =>
    Shelf.bulkCreate(
      words.flatMap((rowName) =>
        [1, 10, 9].map((number) => ({ rowName, number, content: `${rowName} ${number}` })),
      ),
    ),
  );
  const problems: LogProblem[] = [];
  const onProblem = (problem: LogProblem) => problems.push(problem);
  const verified = await verifyLog(sequelize, auditlog.registrations(), { onProblem });
  expect(problems).toEqual([]);
  expect(verified.models).toMatchObject([{ entries: 3 * words.length, rows: 3 * words.length }]);

  await sequelize.query(
    `UPDATE "far away"."The Shelves" SET "secretNote" = 'x' WHERE row_name = 'a/b' AND number = 9`,
  );
  await verifyLog(sequelize, auditlog.registrations(), { onProblem });
  expect(problems).toMatchObject([{ objectId: 'a%2Fb/9', field: 'note', expected: null, actual: 'x' }]);
});

test('a model that records only some changes is named and not replayed', async () => {
  const Partly = database.sequelize.define('Partly', { name: DataTypes.TEXT }, { timestamps: false });
  await Partly.sync();
  auditlog.register(Partly, { when: () => false });
  await withUserActor({ id: '41', email: 'ana@example.org' }, () => Partly.create({ name: 'x' }));
  const verified = await verifyLog(database.sequelize, auditlog.registrations(), { models: ['Partly'] });
  expect(verified).toMatchObject({ models: [], conditional: ['Partly'], problems: 0 });
});
