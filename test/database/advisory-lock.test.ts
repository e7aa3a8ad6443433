import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { QueryTypes, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockInSession, lockInTransaction, tryLockInSession } from '../../src/database/advisory-lock.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import { openSession } from '../../src/database/session.ts';
import { lockWork } from '../../src/database/work-lock.ts';
import { createEmptyDatabase } from '../helpers/test-database.ts';

let empty: Awaited<ReturnType<typeof createEmptyDatabase>>;
let database: Database;
let sequelize: Sequelize;

beforeAll(async () => {
  empty = await createEmptyDatabase();
  database = await openDatabase({ url: empty.url, migrate: false });
  sequelize = database.sequelize;
});

afterAll(async () => {
  await database.close();
  await empty[Symbol.asyncDispose]();
});

test('a lock keeps out other sessions until its session ends, and no other lock', async () => {
  const [first, second] = [await openSession(sequelize), await openSession(sequelize)];
  try {
    await lockInSession(first, 'migrations');
    expect(await tryLockInSession(second, 'migrations')).toBe(false);
    expect(await tryLockInSession(second, 'audit seals')).toBe(true);
    await first.end();
    expect(await tryLockInSession(second, 'migrations')).toBe(true);
  } finally {
    await second.end();
  }
});

test('a lock in a transaction keeps out sessions until the transaction ends', async () => {
  const other = await openSession(sequelize);
  try {
    await sequelize.transaction(async (transaction) => {
      await lockInTransaction(sequelize, 'audit triggers', transaction);
      expect(await tryLockInSession(other, 'audit triggers')).toBe(false);
    });
    expect(await tryLockInSession(other, 'audit triggers')).toBe(true);
  } finally {
    await other.end();
  }
});

test('one process at a time does a piece of work, and gives it back when it is done', async () => {
  {
    await using lock = await lockWork(sequelize, 'import a.csv');
    expect(lock?.lost.aborted).toBe(false);
    expect(await lockWork(sequelize, 'import a.csv')).toBeNull();
    await using other = await lockWork(sequelize, 'import b.csv');
    expect(other).not.toBeNull();
  }
  await using again = await lockWork(sequelize, 'import a.csv');
  expect(again).not.toBeNull();
});

test('a process that loses the lock of its work is told, and another one may do the work', async () => {
  await using lock = await lockWork(sequelize, 'crawl town');
  const lost = Promise.withResolvers<unknown>();
  lock?.lost.addEventListener('abort', () => lost.resolve(lock.lost.reason));
  await sequelize.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'", {
    type: QueryTypes.SELECT,
  });
  expect(await lost.promise).toBeInstanceOf(Error);
  await using other = await lockWork(sequelize, 'crawl town');
  expect(other).not.toBeNull();
});

test('no other file of the program takes advisory locks of PostgreSQL', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const taking = globSync('{src,pipelines,crawlers}/**/*.ts', { cwd: root }).filter((file) =>
    /pg_(?:try_)?advisory|hashtext/.test(readFileSync(path.join(root, file), 'utf8')),
  );
  expect(taking.map((file) => path.basename(file))).toEqual(['advisory-lock.ts']);
});
