import { createServer } from 'node:net';
import { QueryTypes } from 'sequelize';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createEmptyDatabase } from '../helpers/test-database.ts';
import { TestProgram } from '../helpers/test-program.ts';

/** A port on which nothing listens, because we have just stopped to. */
async function closedPort(): Promise<number> {
  await using server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

test('a server that does not answer gives an error that says where and what to do, without the password', async () => {
  const port = await closedPort();
  const opening = openDatabase({ url: `postgres://anna:s3cret@127.0.0.1:${port}/city` });
  const error = await opening.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  expect(String(error)).toContain(`"city" at 127.0.0.1:${port} as user "anna"`);
  expect(String(error)).toContain('start the server, or correct host and port in DATABASE_URL');
  expect(String(error)).not.toContain('s3cret');
});

test('a name with several addresses is reported in words too', async () => {
  const opening = openDatabase({ url: `postgres://anna:s3cret@localhost:${await closedPort()}/city` });
  await expect(opening).rejects.toThrow('ECONNREFUSED');
});

test('a wrong password and a wrong database name are told apart', async () => {
  await using empty = await createEmptyDatabase();
  const wrongName = new URL(empty.url);
  wrongName.pathname = '/no_such_database';
  await expect(openDatabase({ url: wrongName.href })).rejects.toThrow('The server has no such database');

  const wrongUser = new URL(empty.url);
  wrongUser.username = 'no_such_user';
  wrongUser.password = 'wrong';
  await expect(openDatabase({ url: wrongUser.href })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
});

test('sessions are in UTC, carry our name, and obey options in the URL', async () => {
  await using empty = await createEmptyDatabase();
  await using database = await openDatabase({
    url: `${empty.url}?options=-csearch_path%3Dpg_catalog`,
    migrate: false,
  });
  const rows = await database.sequelize.query(
    `SELECT current_setting('timezone') AS zone, current_setting('application_name') AS name,
      current_setting('search_path') AS path`,
    { type: QueryTypes.SELECT },
  );
  expect(rows).toEqual([{ zone: 'UTC', name: 'hotspots', path: 'pg_catalog' }]);
});

test('without DATABASE_URL it is the embedded server in the storage folder, with all tables', async () => {
  await using folder = await temporaryFolder();
  const program = new TestProgram('database/open.ts', { environment: { HOTSPOTS_STORAGE: folder.path } });
  expect(await program.answer()).toMatchObject({
    folder: expect.stringContaining(folder.path),
    pending: [],
  });
  expect(await program.finish()).toBe(0);
});

test('closing twice is allowed, and the pool never holds more connections than asked for', async () => {
  await using empty = await createEmptyDatabase();
  const database = await openDatabase({ url: empty.url, poolSize: 2, migrate: false });
  const sleeps = Array.from({ length: 6 }, () => database.sequelize.query('SELECT pg_sleep(0.05)'));
  const [row] = await database.sequelize.query<{ connections: string }>(
    `SELECT count(*) AS connections FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend'`,
    { type: QueryTypes.SELECT },
  );
  expect(row).toEqual({ connections: '2' });
  await Promise.all(sleeps);
  await database.close();
  await database.close();
});
