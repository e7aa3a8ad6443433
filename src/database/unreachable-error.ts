import type { Sequelize } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { databaseErrorCode } from './database-error-code.ts';

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
