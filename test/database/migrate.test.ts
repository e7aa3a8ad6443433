import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { QueryTypes, type Sequelize } from 'sequelize';
import { expect, test } from 'vitest';
import { lockInSession } from '../../src/database/advisory-lock.ts';
import { migrate, pendingMigrations } from '../../src/database/migrate.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { openSession } from '../../src/database/session.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/temporary-folder.ts';
import { createEmptyDatabase } from '../helpers/test-database.ts';
import { TestProgram } from '../helpers/test-program.ts';

function write(folder: TemporaryFolder, name: string, sql: string): Promise<void> {
  return writeFile(
    path.join(folder.path, `${name}.ts`),
    `export async function up({ sequelize, transaction }) {
      await sequelize.query(${JSON.stringify(sql)}, { transaction });
    }`,
  );
}

async function marksOf(sequelize: Sequelize): Promise<string[]> {
  const rows = await sequelize.query<{ mark: string }>('SELECT mark FROM marks ORDER BY id', {
    type: QueryTypes.SELECT,
  });
  return rows.map((row) => row.mark);
}

async function withMarks(): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  await write(folder, '0001-marks', 'CREATE TABLE marks (id serial, mark text NOT NULL)');
  await write(folder, '0002-first', "INSERT INTO marks (mark) VALUES ('first')");
  await write(folder, '0003-second', "INSERT INTO marks (mark) VALUES ('second')");
  return folder;
}

test('two processes that migrate at the same time both succeed, and each migration is applied once', async () => {
  await using folder = await withMarks();
  // Slow enough that the other process arrives in the middle.
  await write(folder, '0002-first', "INSERT INTO marks (mark) SELECT 'first' FROM pg_sleep(0.5)");
  await using empty = await createEmptyDatabase();
  const start = () => new TestProgram('database/migrate.ts', { parameters: [empty.url, folder.path] });
  const programs = [start(), start()];
  await Promise.all(programs.map((program) => program.answer()));
  const applied = await Promise.all(programs.map((program) => program.ask('go')));

  expect(applied.flat().toSorted()).toEqual(['0001-marks', '0002-first', '0003-second']);
  expect(await Promise.all(programs.map((program) => program.finish()))).toEqual([0, 0]);
  await using database = await openDatabase({ url: empty.url, migrate: false });
  expect(await marksOf(database.sequelize)).toEqual(['first', 'second']);
});

test('migrations are applied in the order of their numbers, and those added later on the next call', async () => {
  await using folder = await withMarks();
  await using empty = await createEmptyDatabase();
  await using database = await openDatabase({ url: empty.url, migrate: false, poolSize: 1 });
  const { sequelize } = database;

  expect(await migrate(sequelize, folder.path)).toEqual(['0001-marks', '0002-first', '0003-second']);
  await write(folder, '0004-third', "INSERT INTO marks (mark) VALUES ('third')");
  expect(await pendingMigrations(sequelize, folder.path)).toEqual(['0004-third']);
  expect(await migrate(sequelize, folder.path)).toEqual(['0004-third']);
  expect(await marksOf(sequelize)).toEqual(['first', 'second', 'third']);
});

test('nothing to do takes one query and no lock', async () => {
  await using folder = await withMarks();
  await using empty = await createEmptyDatabase();
  await using database = await openDatabase({ url: empty.url, migrate: false });
  await migrate(database.sequelize, folder.path);

  let queries = 0;
  database.sequelize.addHook('beforeQuery', () => {
    queries++;
  });
  const session = await openSession(database.sequelize);
  await lockInSession(session, 'migrations');
  expect(await migrate(database.sequelize, folder.path)).toEqual([]);
  expect(queries).toBe(1);
  await session.end();
});

test('a failed migration leaves no trace, keeps those before it, and runs again when it is corrected', async () => {
  await using folder = await withMarks();
  await write(folder, '0003-second', "INSERT INTO marks (mark) VALUES ('half'); SELECT 1 / 0");
  await using empty = await createEmptyDatabase();
  await using database = await openDatabase({ url: empty.url, migrate: false });
  const { sequelize } = database;

  await expect(migrate(sequelize, folder.path)).rejects.toThrow('0003-second');
  expect(await marksOf(sequelize)).toEqual(['first']);
  expect(await pendingMigrations(sequelize, folder.path)).toEqual(['0003-second']);

  // Under another path, because a module that was imported once is not read again.
  await using other = await withMarks();
  expect(await migrate(sequelize, other.path)).toEqual(['0003-second']);
  expect(await marksOf(sequelize)).toEqual(['first', 'second']);
});

test('a folder that does not exist has no migrations', async () => {
  await using empty = await createEmptyDatabase();
  await using database = await openDatabase({ url: empty.url, migrate: false });
  expect(await migrate(database.sequelize, '/does/not/exist')).toEqual([]);
});
