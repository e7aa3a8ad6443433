import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { inject } from 'vitest';
import { waitForLock } from '../../src/database/embedded/file-lock.ts';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { type Database, openDatabase } from '../../src/database/open-database.ts';
import type { TestRun } from './test-run.ts';
import { databaseUrl, runStatement } from './test-server.ts';

/**
 * A database of its own for the calling test file, with all migrations applied and no rows: a copy of a
 * template that is made once per run. Closing it drops it.
 */
export async function createTestDatabase({ poolSize = 5 } = {}): Promise<Database> {
  const run = inject('testRun');
  template ??= prepareTemplate(run);
  const empty = await createDatabase(run, `TEMPLATE ${await template}`);
  const database = await openDatabase({ url: empty.url, poolSize, migrate: false });
  const close = async () => {
    await database.close();
    await empty[Symbol.asyncDispose]();
  };
  return { ...database, close, [Symbol.asyncDispose]: close };
}

/** A database without any tables, not opened, dropped when disposed of: for tests of opening and migrating. */
export function createEmptyDatabase(): Promise<EmptyDatabase> {
  return createDatabase(inject('testRun'), '');
}

export interface EmptyDatabase extends AsyncDisposable {
  readonly url: string;
}

async function createDatabase(run: TestRun, options: string): Promise<EmptyDatabase> {
  const serverUrl = await testServerUrl(run);
  const name = `${run.prefix}${randomBytes(6).toString('hex')}`;
  await runStatement(serverUrl, `CREATE DATABASE ${name} ${options}`);
  const drop = async () => {
    if (!run.keep) await runStatement(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { url: databaseUrl(serverUrl, name), [Symbol.asyncDispose]: drop };
}

/** Nobody keeps this data, so the disk is not waited for; deadlocks show after 100 ms instead of 1 s. */
const throwawaySettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '200',
  deadlock_timeout: '100ms',
};

let serverUrl: Promise<string> | undefined;
let template: Promise<string> | undefined;

function testServerUrl(run: TestRun): Promise<string> {
  serverUrl ??= run.serverUrl === null ? startServer(run) : Promise.resolve(run.serverUrl);
  return serverUrl;
}

async function startServer(run: TestRun): Promise<string> {
  const server = await useEmbeddedServer(run.folder, { settings: throwawaySettings });
  // The run itself uses the server to its end (see global-setup.ts), so it does not stop here.
  await server.release();
  return server.url;
}

/** Makes the template if no other test file has, and gives its name. */
async function prepareTemplate(run: TestRun): Promise<string> {
  const server = await testServerUrl(run);
  const name = `${run.prefix}template`;
  using _lock = await waitForLock(path.join(run.folder, 'template.lock'), 'exclusive', 120_000);
  const found = await runStatement(server, `SELECT 1 FROM pg_database WHERE datname = '${name}'`);
  if (found.length > 0) return name;

  // Renamed at the end: a template whose migrations failed must not pass for a good one.
  const unfinished = `${run.prefix}unfinished`;
  await runStatement(server, `DROP DATABASE IF EXISTS ${unfinished} WITH (FORCE)`);
  await runStatement(server, `CREATE DATABASE ${unfinished}`);
  const database = await openDatabase({ url: databaseUrl(server, unfinished), poolSize: 2 });
  await database.close();
  await runStatement(server, `ALTER DATABASE ${unfinished} RENAME TO ${name}`);
  return name;
}
