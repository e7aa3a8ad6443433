import { QueryTypes } from 'sequelize';
import type { Check } from '../check.ts';

interface ServerState {
  version: string;
  isReadOnly: boolean;
  /** Connections to all databases of the server, and how many it allows. */
  used: number;
  allowed: number;
  /** The same for this database; -1 when it has no limit of its own. */
  usedHere: number;
  allowedHere: number;
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
              count(*)::int AS used, current_setting('max_connections')::int AS allowed,
              (count(*) FILTER (WHERE datname = current_database()))::int AS "usedHere",
              (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS "allowedHere"
       FROM pg_stat_activity WHERE backend_type = 'client backend'`,
      { type: QueryTypes.SELECT },
    );
    if (state === undefined) throw new TypeError('The server said nothing of itself.');
    const { version, isReadOnly, used, allowed, usedHere, allowedHere } = state;
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
    const limits = [
      { use: used, limit: allowed },
      ...(allowedHere < 0 ? [] : [{ use: usedHere, limit: allowedHere }]),
    ];
    const busy = limits.find(({ use, limit }) => use > busyShare * limit);
    if (busy !== undefined) {
      return [
        {
          level: 'notice',
          message: `${busy.use} of the ${busy.limit} connections that the database allows are in use.`,
          mend: 'Lower HOTSPOTS_DATABASE_POOL of the processes, or raise the limit: max_connections, or that of the database.',
        },
      ];
    }
    return [{ level: 'ok', message: `PostgreSQL ${version} answers and can be written to.` }];
  },
};
