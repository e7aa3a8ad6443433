import { QueryTypes } from 'sequelize';
import type { Check } from '../check.ts';

interface ServerState {
  version: string;
  isReadOnly: boolean;
  connections: number;
  maxConnections: number;
}

/** Above this share of the server's connections others may soon be refused. */
const busyShare = 0.8;

/** The server: its version, whether it can be written to, how busy it is. That it answers, this answer shows. */
export const database: Check = {
  name: 'database',
  needsTables: false,
  run: async ({ sequelize }) => {
    const [state] = await sequelize.query<ServerState>(
      `SELECT current_setting('server_version') AS version,
              pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "isReadOnly",
              (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
              current_setting('max_connections')::int AS "maxConnections"`,
      { type: QueryTypes.SELECT },
    );
    if (state === undefined) throw new TypeError('The server said nothing of itself.');
    const { version, isReadOnly, connections, maxConnections } = state;
    if (isReadOnly) {
      return [
        {
          level: 'problem',
          message:
            'The database only answers and cannot be written to: it is a standby, or read-only by default.',
          mend: 'Name the primary server in DATABASE_URL, or: ALTER DATABASE … RESET default_transaction_read_only;',
        },
      ];
    }
    if (connections > busyShare * maxConnections) {
      return [
        {
          level: 'notice',
          message: `${connections} of the ${maxConnections} connections that the database allows are in use.`,
          mend: 'Lower HOTSPOTS_DATABASE_POOL of the processes, or raise max_connections of the server.',
        },
      ];
    }
    return [{ level: 'ok', message: `PostgreSQL ${version} answers and can be written to.` }];
  },
};
