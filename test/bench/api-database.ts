import { randomBytes } from 'node:crypto';
import { QueryTypes } from 'sequelize';
import { tokenHash, tokenPrefix } from '../../src/accounts/api-tokens.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { databaseUrl, runStatement } from '../helpers/test-server.ts';

/** How many places there are to begin with, numbered from 1. */
export const placeCount = 2_000;

const name = 'bench_api';
const editor = 'eda@example.org';

export interface ApiDatabase extends AsyncDisposable {
  readonly url: string;
  /** The secret of an editor's token. */
  readonly token: string;
  /** How many entries of the audit log name the editor as their author. */
  countEntries(): Promise<number>;
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
      `WITH editor AS (INSERT INTO users (email, username, role) VALUES ('${editor}', 'eda', 'editor') RETURNING id)
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
  return {
    ...{ url, token },
    countEntries: async () => {
      const [row] = await runStatement<{ n: number }>(
        url,
        `SELECT count(*)::int AS n FROM log_entries WHERE actor_email = '${editor}'`,
      );
      return row?.n ?? 0;
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
