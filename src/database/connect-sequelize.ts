import pg from 'pg';
import { type Options, Sequelize } from 'sequelize';
import { nameSavepointsApart } from './name-savepoints-apart.ts';

/** How long one attempt to reach the server may take, in milliseconds. */
const connectTimeout = 10_000;
/** How long a query waits for a free connection of the pool before it fails, in milliseconds. */
const acquireTimeout = 60_000;

/**
 * A Sequelize instance for a PostgreSQL URL, with the options all our code relies on: snake_case columns,
 * sessions in UTC, no query log. It does not connect yet.
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
  nameSavepointsApart();
  return new Sequelize(database ?? '', user ?? '', password ?? '', options);
}
