import type { Sequelize } from 'sequelize';
import { QueryTypes } from 'sequelize';
import { config } from '../config.ts';
import { HotspotsError } from '../errors.ts';
import { connectSequelize } from './connect-sequelize.ts';
import { useEmbeddedServer } from './embedded-server.ts';
import { migrate } from './migrate.ts';
import { unreachableError } from './unreachable-error.ts';

/** An open database. `close` ends its connections and lets go of the embedded server; it may be called twice. */
export interface Database extends AsyncDisposable {
  readonly sequelize: Sequelize;
  /** Where it is, password included: do not log it. */
  readonly url: string;
  close(): Promise<void>;
}

export interface OpenDatabaseOptions {
  /** A PostgreSQL URL; default `DATABASE_URL`, else the embedded server. */
  url?: string | undefined;
  /** How many connections this process may hold; default `HOTSPOTS_DATABASE_POOL`. */
  poolSize?: number;
  /** Bring the tables up to date first; default true. */
  migrate?: boolean;
}

/**
 * Opens the database, and starts the embedded server when no other is named.
 * @throws HotspotsError DATABASE_UNREACHABLE, DATABASE_VERSION, EMBEDDED_POSTGRES_UNREACHABLE,
 *   EMBEDDED_POSTGRES_FAILED
 */
export async function openDatabase(options: OpenDatabaseOptions = {}): Promise<Database> {
  const namedUrl = options.url ?? config.databaseUrl;
  const server =
    namedUrl === undefined
      ? await useEmbeddedServer(config.storageFolder)
      : { url: namedUrl, release: async () => {} };
  const sequelize = connectSequelize(server.url, options.poolSize ?? config.databasePoolSize);

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= sequelize.close().finally(server.release);
    return closing;
  };

  try {
    await checkVersion(sequelize);
    if (options.migrate ?? true) await migrate(sequelize);
  } catch (error) {
    await close();
    throw error;
  }
  return { sequelize, url: server.url, close, [Symbol.asyncDispose]: close };
}

/** The oldest server whose SQL ours is written for, as `server_version_num` counts. */
const oldestVersion = 140_000;

async function checkVersion(sequelize: Sequelize): Promise<void> {
  const rows = await sequelize
    .query<{ number: number; text: string }>(
      `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS text`,
      { type: QueryTypes.SELECT },
    )
    .catch((error: unknown) => {
      throw unreachableError(error, sequelize);
    });
  const version = rows[0];
  if (version === undefined || version.number < oldestVersion) {
    throw new HotspotsError(
      'DATABASE_VERSION',
      `The database server is PostgreSQL ${version?.text ?? 'of an unknown version'}; 14 or later is needed. ` +
        'Upgrade the server, or unset DATABASE_URL to use the embedded one.',
    );
  }
}
