import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { retryTransaction } from '../../src/database/retry-transaction.ts';
import { HotspotsError } from '../../src/errors.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let sequelize: Sequelize;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 6 });
  sequelize = database.sequelize;
  await sequelize.query('CREATE TABLE counters (name text PRIMARY KEY, count int NOT NULL)');
});

beforeEach(async () => {
  await sequelize.query("TRUNCATE counters; INSERT INTO counters VALUES ('a', 0), ('b', 0)");
});

afterAll(() => database.close());

function increase(name: string, transaction: Transaction): Promise<unknown> {
  return sequelize.query('UPDATE counters SET count = count + 1 WHERE name = $1', {
    bind: [name],
    transaction,
  });
}

async function counts(): Promise<Record<string, number>> {
  const rows = await sequelize.query<{ name: string; count: number }>('SELECT name, count FROM counters', {
    type: QueryTypes.SELECT,
  });
  return Object.fromEntries(rows.map((row) => [row.name, row.count]));
}

/** Resolves for all callers when as many have called as are expected. */
function meetingPoint(expected: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived++;
    if (arrived === expected) resolve();
    return promise;
  };
}

test('two transactions that deadlock both succeed in the end, and no write is lost', async () => {
  const bothHoldOne = meetingPoint(2);
  let attempts = 0;
  const inOrder = (first: string, second: string) =>
    retryTransaction(sequelize, async (transaction) => {
      attempts++;
      await increase(first, transaction);
      await bothHoldOne();
      await increase(second, transaction);
    });

  await Promise.all([inOrder('a', 'b'), inOrder('b', 'a')]);
  expect(attempts).toBe(3);
  expect(await counts()).toEqual({ a: 2, b: 2 });
});

test('two transactions that insert the same row both succeed: the second finds it', async () => {
  const neitherFoundIt = meetingPoint(2);
  let attempts = 0;
  const findOrInsert = () =>
    retryTransaction(sequelize, async (transaction) => {
      attempts++;
      const found = await sequelize.query("SELECT 1 FROM counters WHERE name = 'new'", {
        type: QueryTypes.SELECT,
        transaction,
      });
      await neitherFoundIt();
      if (found.length === 0)
        await sequelize.query("INSERT INTO counters VALUES ('new', 0)", { transaction });
      await increase('new', transaction);
    });

  await Promise.all([findOrInsert(), findOrInsert()]);
  expect(attempts).toBe(3);
  expect(await counts()).toMatchObject({ new: 2 });
});

test('a serialization failure is tried again', async () => {
  const bothHaveRead = meetingPoint(2);
  const readThenWrite = () =>
    retryTransaction(sequelize, async (transaction) => {
      await sequelize.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ', { transaction });
      await sequelize.query('SELECT count FROM counters', { transaction });
      await bothHaveRead();
      await increase('a', transaction);
    });

  await Promise.all([readThenWrite(), readThenWrite()]);
  expect(await counts()).toMatchObject({ a: 2 });
});

test('AUDIT_CONCURRENT_WRITE is tried again, with the writes of the failed attempt undone', async () => {
  let attempts = 0;
  const result = await retryTransaction(sequelize, async (transaction) => {
    attempts++;
    await increase('a', transaction);
    if (attempts < 3) throw new HotspotsError('AUDIT_CONCURRENT_WRITE', 'somebody else wrote it');
    return 'done';
  });
  expect(result).toBe('done');
  expect(await counts()).toMatchObject({ a: 1 });
});

test('any other error is thrown at once, and nothing is written', async () => {
  let attempts = 0;
  const failing = retryTransaction(sequelize, async (transaction) => {
    attempts++;
    await increase('a', transaction);
    throw new Error('not a matter of timing');
  });
  await expect(failing).rejects.toThrow('not a matter of timing');
  expect(attempts).toBe(1);
  expect(await counts()).toMatchObject({ a: 0 });
});

test('an error that never passes is thrown after the last attempt', async () => {
  let attempts = 0;
  const failing = retryTransaction(
    sequelize,
    async (transaction) => {
      attempts++;
      await sequelize.query("INSERT INTO counters VALUES ('a', 0)", { transaction });
    },
    { attempts: 3 },
  );
  await expect(failing).rejects.toMatchObject({ name: 'SequelizeUniqueConstraintError' });
  expect(attempts).toBe(3);
});

test('after a unique violation it can be given fewer attempts', async () => {
  let attempts = 0;
  const inserting = retryTransaction(
    sequelize,
    async (transaction) => {
      attempts++;
      await sequelize.query("INSERT INTO counters VALUES ('a', 0)", { transaction });
    },
    { attemptsWhenTaken: 2 },
  );
  await expect(inserting).rejects.toThrow();
  expect(attempts).toBe(2);
});
