import type { Sequelize } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inDryRun } from '../../src/database/dry-run.ts';
import type { Database } from '../../src/database/open-database.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let sequelize: Sequelize;

beforeAll(async () => {
  database = await createTestDatabase();
  sequelize = database.sequelize;
  await sequelize.query('CREATE TABLE notes (text text PRIMARY KEY)');
});

beforeEach(async () => {
  await sequelize.query('TRUNCATE notes');
});

afterAll(() => database.close());

async function notes(): Promise<unknown[]> {
  const [rows] = await sequelize.query('SELECT text FROM notes ORDER BY text');
  return rows;
}

test('what is written in a dry run is rolled back, and what its transaction writes besides stays', async () => {
  const result = await sequelize.transaction(async (transaction) => {
    await sequelize.query("INSERT INTO notes VALUES ('before')", { transaction });
    const given = await inDryRun(sequelize, transaction, async (savepoint) => {
      await sequelize.query("INSERT INTO notes VALUES ('dry')", { transaction: savepoint });
      const [rows] = await sequelize.query('SELECT FROM notes', { transaction: savepoint });
      return rows.length;
    });
    await sequelize.query("INSERT INTO notes VALUES ('later')", { transaction });
    return given;
  });
  expect(result).toBe(2);
  expect(await notes()).toEqual([{ text: 'before' }, { text: 'later' }]);
});

test('a dry run that fails throws its error, and its transaction can go on', async () => {
  await sequelize.transaction(async (transaction) => {
    const failing = inDryRun(sequelize, transaction, (savepoint) =>
      sequelize.query("INSERT INTO notes VALUES ('dry'), ('dry')", { transaction: savepoint }),
    );
    await expect(failing).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' });
    await sequelize.query("INSERT INTO notes VALUES ('later')", { transaction });
  });
  expect(await notes()).toEqual([{ text: 'later' }]);
});
