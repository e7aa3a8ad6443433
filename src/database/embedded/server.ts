import pg from 'pg';
import { databaseErrorCode } from '../retry-transaction.ts';
import { clusterPassword, embeddedBinaries, embeddedName, prepareCluster } from './cluster.ts';
import { checkReach, type EmbeddedPlace, embeddedPlace } from './location.ts';
import type { Postmaster } from './postmaster.ts';
import { settledPostmaster, startPostmaster } from './postmaster.ts';
import { joinUsers, withTurn } from './users.ts';

/** A running server that this process may use until it calls `release`, which may be called twice. */
export interface EmbeddedServer {
  /** Password included: do not log it. */
  readonly url: string;
  release(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Settings of PostgreSQL by name, for the case that this call starts the server. */
  settings?: Readonly<Record<string, string>>;
}

/**
 * Gives a PostgreSQL server whose data is in `storageFolder/postgres`: made if it is not there, started if it
 * does not run, shared with every other process that uses the same folder, and stopped by the last that
 * releases it.
 * @throws HotspotsError EMBEDDED_POSTGRES_FAILED, EMBEDDED_POSTGRES_UNREACHABLE, PERMISSION_DENIED
 */
export async function useEmbeddedServer(
  storageFolder: string,
  { settings = {} }: EmbeddedServerOptions = {},
): Promise<EmbeddedServer> {
  const place = await embeddedPlace(storageFolder);
  return withTurn(place, async () => {
    const membership = await joinUsers(place);
    try {
      const { port } = await ensureRunning(place, settings);
      return { url: await ensureDatabase(place, port), release: membership.leave };
    } catch (error) {
      await membership.abandon();
      throw error;
    }
  });
}

async function ensureRunning(
  place: EmbeddedPlace,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster> {
  const running = await settledPostmaster(place.data);
  if (running !== undefined) return running;
  const binaries = await embeddedBinaries();
  await checkReach(binaries.postgres, place.folder, place.user);
  await prepareCluster(place, binaries, { sync: settings.fsync !== 'off' });
  return startPostmaster(place, binaries.postgres, settings);
}

const undefinedDatabase = '3D000';

/** Makes our database on the server when it has none, and gives its URL. */
async function ensureDatabase(place: EmbeddedPlace, port: number): Promise<string> {
  const password = await clusterPassword(place);
  const urlOf = (database: string) => `postgres://${embeddedName}:${password}@127.0.0.1:${port}/${database}`;
  try {
    await runOnce(urlOf(embeddedName), 'SELECT 1');
  } catch (error) {
    if (databaseErrorCode(error) !== undefinedDatabase) throw error;
    await runOnce(urlOf('postgres'), `CREATE DATABASE ${embeddedName}`);
  }
  return urlOf(embeddedName);
}

async function runOnce(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    await client.query(sql);
  } finally {
    await client.end();
  }
}
