import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { QueryTypes } from 'sequelize';
import { Pool } from 'undici';
import { tokenHash, tokenPrefix } from '../../src/accounts/api-tokens.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { databaseUrl, runStatement } from '../helpers/test-server.ts';
import type { Counts } from './rounds.ts';

/** How many places there are to begin with, numbered from 1. */
export const placeCount = 2_000;

const name = 'bench_api';
const mostConnections = 500;

export interface ApiDatabase extends AsyncDisposable {
  readonly url: string;
  /** The secret of an editor's token. */
  readonly token: string;
  /** Rows of both tables, those of them that were written since, and log entries. */
  count(): Promise<Counts>;
  /** Removes the dead rows of both tables. */
  vacuum(): Promise<void>;
  /** The connections to the database that somebody holds at present, by what they do: "idle", "active"… */
  connections(): Promise<string[]>;
}

/**
 * A database of its own on the server of `serverUrl`, dropped when disposed of: nobody else's connections are counted.
 * It has places, and the same ones again in plain_places. They are made before there are triggers.
 */
export async function createApiDatabase(serverUrl: string): Promise<ApiDatabase> {
  await runStatement(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await runStatement(serverUrl, `CREATE DATABASE ${name}`);
  const url = databaseUrl(serverUrl, name);
  const token = `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
  {
    await using database = await openDatabase({ url, poolSize: 1 });
    const bind = [tokenHash(token)];
    await database.sequelize.query(
      `WITH editor AS (
         INSERT INTO users (email, username, role) VALUES ('eda@example.org', 'eda', 'editor') RETURNING id)
       INSERT INTO api_tokens (user_id, name, token_hash, scopes, expires_at)
       SELECT id, 'bench', $1, '{read,write}', now() + interval '1 day' FROM editor`,
      { bind, type: QueryTypes.INSERT },
    );
    await database.sequelize.query(`
      INSERT INTO places (name, description, url, address_locality, address_country, latitude, longitude, categories)
      SELECT 'Place ' || n, repeat('Open to all, on every day of the week but one. ', 4),
             'https://bench.example/places/' || n, 'Chicago', 'US', 41.88, -87.63, '{bar,music}'
      FROM generate_series(1, ${placeCount}) n;
      CREATE TABLE plain_places (LIKE places INCLUDING ALL);
      INSERT INTO plain_places SELECT * FROM places;
      SELECT setval(pg_get_serial_sequence('plain_places', 'id'), ${placeCount})`);
    await database.sequelize.query('VACUUM ANALYZE');
  }
  const ask = async <Row extends Record<string, unknown>>(sql: string) => await runStatement<Row>(url, sql);
  return {
    url,
    token,
    count: async () => {
      const [row] = await ask<Record<string, number>>(
        `SELECT (SELECT count(*)::int FROM places) AS "audited places",
                (SELECT count(*)::int FROM places WHERE price_range = '$$') AS "patched audited places",
                (SELECT count(*)::int FROM plain_places) AS "plain places",
                (SELECT count(*)::int FROM plain_places WHERE price_range = '$$') AS "patched plain places",
                (SELECT count(*)::int FROM log_entries) AS "log entries"`,
      );
      return row ?? {};
    },
    vacuum: async () => {
      for (const table of ['places', 'plain_places']) await ask(`VACUUM ANALYZE ${table}`);
    },
    connections: async () => {
      const rows = await runStatement<{ state: string }>(
        serverUrl,
        `SELECT state FROM pg_stat_activity WHERE datname = '${name}' AND backend_type = 'client backend'`,
      );
      return rows.map(({ state }) => state);
    },
    [Symbol.asyncDispose]: async () => {
      await runStatement(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** A server of the API in a process of its own; disposing of it stops it. */
export interface ApiServer extends AsyncDisposable {
  /** Connections to it: as many as there are requests at once, 500 at most. */
  readonly pool: Pool;
}

/** Starts `api-program.ts` on the database at `url`. @throws Error when it ends before it listens, or not well */
export async function startApiServer(url: string, kind: 'audited' | 'plain'): Promise<ApiServer> {
  const server = spawn(process.execPath, [path.join(import.meta.dirname, 'api-program.ts'), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: url },
  });
  const exit = once(server, 'exit');
  const [origin] = await Promise.race([once(createInterface(server.stdout), 'line'), exit]);
  if (server.exitCode !== null) throw new Error(`The ${kind} server ended before it could be used.`);
  const pool = new Pool(String(origin), { connections: mostConnections, pipelining: 1 });
  return {
    pool,
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      server.kill();
      const [code] = await exit;
      if (code !== 0) throw new Error(`The ${kind} server ended with exit code ${code}.`);
    },
  };
}
