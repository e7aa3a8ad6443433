import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let sequelize: Sequelize;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
  sequelize = database.sequelize;
  await sequelize.query('CREATE TABLE notes (text text)');
});
beforeEach(() => sequelize.query('TRUNCATE notes'));
afterAll(() => database.close());

const write = (text: string, transaction: Transaction) =>
  sequelize.query('INSERT INTO notes VALUES ($1)', { bind: [text], transaction });

async function notes(): Promise<string[]> {
  const rows = await sequelize.query<{ text: string }>('SELECT text FROM notes ORDER BY ctid', {
    type: QueryTypes.SELECT,
  });
  return rows.map(({ text }) => text);
}

const undone = new Error('undone');

/** Runs `fn` in a savepoint, which is rolled back if `fn` throws `undone`. */
async function inSavepoint(transaction: Transaction, fn: (savepoint: Transaction) => Promise<unknown>) {
  try {
    await sequelize.transaction({ transaction }, fn);
  } catch (error) {
    if (error !== undone) throw error;
  }
}

test('rolling back a savepoint undoes also what was written before a savepoint inside it', async () => {
  await sequelize.transaction(async (transaction) => {
    await write('kept', transaction);
    await inSavepoint(transaction, async (outer) => {
      await write('before', outer);
      await inSavepoint(outer, (inner) => write('inside', inner));
      await write('after', outer);
      throw undone;
    });
    await write('kept too', transaction);
  });
  expect(await notes()).toEqual(['kept', 'kept too']);
});

test('a savepoint inside a savepoint can be rolled back alone, and one after it too', async () => {
  await sequelize.transaction(async (transaction) => {
    await inSavepoint(transaction, async (outer) => {
      await write('before', outer);
      for (const text of ['inside', 'inside again']) {
        await inSavepoint(outer, async (inner) => {
          await write(text, inner);
          throw undone;
        });
      }
      await write('after', outer);
    });
  });
  expect(await notes()).toEqual(['before', 'after']);
});
