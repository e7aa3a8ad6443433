import pg from 'pg';
import { type Options, QueryTypes, Sequelize } from 'sequelize';
import { config } from '../config.ts';
import { HotspotsError } from '../errors.ts';
import { useEmbeddedServer } from './embedded/server.ts';
import { migrate } from './migrate.ts';
import { databaseErrorCode } from './retry-transaction.ts';
import { checkInternals, nameSavepointsApart } from './sequelize-internals.ts';

/** How long one attempt to reach the server may take, in milliseconds. */
const connectTimeout = 10_000;
/** How long a query waits for a free connection of the pool before it fails, in milliseconds. */
const acquireTimeout = 60_000;

/**
 * A Sequelize instance for a PostgreSQL URL, with the options all our code relies on: snake_case columns,
 * sessions in UTC, no query log. It does not connect yet.
 *
 * @throws HotspotsError DEPENDENCY_UNSUPPORTED
 */
export function connectSequelize(url: string, poolSize: number): Sequelize {
  // Sequelize reads URLs with the deprecated `url.parse`; pg understands more of them and gives clean parts.
  const { host, port, user, database, password, ssl } = new pg.Client({ connectionString: url });
  // `?options=-csearch_path=…`: sent to the server as it is; some hosted servers need it to find the database.
  const serverOptions = /[?&]options=(?<value>[^&]*)/.exec(url)?.groups?.value;
  const options: Options = {
    dialect: 'postgres',
    host,
    port,
    timezone: 'UTC',
    logging: false,
    define: { underscored: true },
    pool: { max: poolSize, min: 0, acquire: acquireTimeout, idle: 10_000 },
    dialectOptions: {
      application_name: 'hotspots',
      connectionTimeoutMillis: connectTimeout,
      keepAlive: true,
      ssl,
      ...(serverOptions && { options: decodeURIComponent(serverOptions) }),
    },
  };
  checkInternals();
  nameSavepointsApart();
  return new Sequelize(database ?? '', user ?? '', password ?? '', options);
}

/** What to do about a failure, by the code that pg or the operating system gives it. */
const adviceByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: start the server, or correct host and port in DATABASE_URL',
  ENOTFOUND: 'The host name is unknown: correct it in DATABASE_URL',
  EAI_AGAIN: 'The host name could not be looked up: check the network and DNS',
  ECONNRESET: 'The server closed the connection: check that host and port are a PostgreSQL server',
  '28P01': 'The user or the password is wrong: correct it in DATABASE_URL',
  '28000': 'The server does not let this user in from here: check DATABASE_URL and pg_hba.conf',
  '3D000': 'The server has no such database: create it, or correct its name in DATABASE_URL',
  '53300': 'The server has no free connection: lower HOTSPOTS_DATABASE_POOL or raise max_connections',
  '57P03': 'The server is starting or stopping: try again in a moment',
};

/** DATABASE_UNREACHABLE for a failed connection, naming host, port and database, never the password. */
export function unreachableError(error: unknown, sequelize: Sequelize): HotspotsError {
  const { host, port, database, username } = sequelize.config;
  const code = databaseErrorCode(error) ?? '';
  // A name with several addresses fails with a bundle of errors that has a code but no message.
  const reason = (error instanceof Error && error.message) || code || String(error);
  const advice = adviceByCode[code] ?? 'Check DATABASE_URL and that the server is running';
  return new HotspotsError(
    'DATABASE_UNREACHABLE',
    `No connection to the database "${database}" at ${host}:${port} as user "${username}": ${reason}. ` +
      `${advice}, or unset DATABASE_URL to use the embedded server.`,
    { cause: error },
  );
}

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
