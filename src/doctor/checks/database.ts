import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { QueryTypes } from 'sequelize';
import { pendingMigrations } from '../../database/migrate.ts';
import { onlyRow } from '../../database/only-row.ts';
import type { Check } from '../check.ts';

/** How far the two clocks may be apart, in seconds. */
const tolerance = 5;

/** Whether this machine and the database agree on what time it is. */
export const clock: Check = {
  name: 'clock',
  needsTables: false,
  run: async ({ sequelize, now }) => {
    const asked = now().getTime();
    const row = onlyRow(
      await sequelize.query<{ time: Date }>('SELECT clock_timestamp() AS time', {
        type: QueryTypes.SELECT,
      }),
    );
    const [least, most] = [row.time.getTime() - now().getTime(), row.time.getTime() - asked];
    // Anywhere between asking and being answered the server may have looked at its clock.
    const seconds = Math.max(0, least, -most) / 1000;
    if (seconds <= tolerance)
      return [{ level: 'ok', message: "This machine's clock and the database's agree." }];
    const ahead = least > 0 ? 'behind' : 'ahead of';
    return [
      {
        level: 'problem',
        message: `This machine's clock is ${Math.round(seconds)} seconds ${ahead} the database's: sessions, schedules and filters by time go wrong.`,
        mend: 'Let both machines take their time from a time server (NTP).',
      },
    ];
  },
};

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
    const state = onlyRow(
      await sequelize.query<ServerState>(
        `SELECT current_setting('server_version') AS version,
              pg_is_in_recovery() OR current_setting('default_transaction_read_only')::boolean AS "isReadOnly",
              count(*)::int AS used, current_setting('max_connections')::int AS allowed,
              (count(*) FILTER (WHERE datname = current_database()))::int AS "usedHere",
              (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS "allowedHere"
       FROM pg_stat_activity WHERE backend_type = 'client backend'`,
        { type: QueryTypes.SELECT },
      ),
    );
    const { version, isReadOnly, used, allowed, usedHere, allowedHere } = state;
    if (isReadOnly) {
      return [
        {
          level: 'problem',
          message: 'The database is read-only: it is a standby, or read-only by its settings.',
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

/** Whether the tables are up to date. */
export const migrations: Check = {
  name: 'migrations',
  needsTables: false,
  run: async ({ sequelize }) => {
    const pending = await pendingMigrations(sequelize);
    if (pending.length === 0) return [{ level: 'ok', message: 'All migrations are applied.' }];
    return [
      {
        level: 'problem',
        message: `Migrations that are not applied: ${pending.length}, from ${pending[0]} on. What needs their tables was not checked.`,
        mend: 'Any other command applies them: npm run review',
      },
    ];
  },
};

const gigabyte = 1e9;
/** Below this PostgreSQL and crawls soon fail, in bytes. */
const leastFree = gigabyte;
const comfortable = 5 * gigabyte;

/** How much what runs leave behind takes, and how much the disk has left. */
export const storage: Check = {
  name: 'storage',
  needsTables: false,
  run: async ({ storageFolder, diskOf }) => {
    const [{ free, size }, used] = await Promise.all([diskOf(storageFolder), sizeOf(storageFolder)]);
    const message = `${storageFolder} takes ${shown(used)}; its disk has ${shown(free)} of ${shown(size)} free`;
    if (free >= comfortable) return [{ level: 'ok', message: `${message}.` }];
    return [
      {
        level: free < leastFree ? 'problem' : 'notice',
        message: `${message}. Without space, crawls and an embedded database fail.`,
        mend: 'Remove archives that are no longer needed, or name a folder on another disk in HOTSPOTS_STORAGE.',
      },
    ];
  },
};

/** What a file, or all in a folder, takes on the disk. What goes away meanwhile, or may not be seen, is left out. */
async function sizeOf(file: string): Promise<number> {
  try {
    const state = await lstat(file);
    if (!state.isDirectory()) return state.blocks * 512;
    let sum = 0;
    for (const name of await readdir(file)) sum += await sizeOf(path.join(file, name));
    return sum;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      return 0;
    throw error;
  }
}

function shown(bytes: number): string {
  return bytes < gigabyte / 10 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / gigabyte).toFixed(1)} GB`;
}
