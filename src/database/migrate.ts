import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { RunnableMigration, UmzugStorage } from 'umzug';
import { lockInSession } from './advisory-lock.ts';
import { databaseErrorCode } from './retry-transaction.ts';
import { openSession } from './session.ts';

/** One file in `migrations/`: applied once, in its own transaction, in the order of the file names. */
export interface Migration {
  up(context: { sequelize: Sequelize; transaction: Transaction }): Promise<void>;
}

export interface MigrationFile {
  /** The file name without `.ts`: what `schema_migrations` remembers. */
  readonly name: string;
  readonly path: string;
  load(): Promise<Migration>;
}

const fileName = /^\d{4}-[a-z0-9-]+\.ts$/;

/** The files `NNNN-name.ts` of a folder, in the order of their numbers. A missing folder is an empty one. */
export async function listMigrations(
  folder = path.join(import.meta.dirname, 'migrations'),
): Promise<MigrationFile[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => fileName.test(entry))
    .sort()
    .map((entry) => {
      const file = path.join(folder, entry);
      return { name: path.parse(entry).name, path: file, load: () => loadMigration(file) };
    });
}

async function loadMigration(file: string): Promise<Migration> {
  const module: unknown = await import(pathToFileURL(file).href);
  if (!isMigration(module)) throw new TypeError(`${file} must export a function "up"`);
  return module;
}

function isMigration(module: unknown): module is Migration {
  return typeof module === 'object' && module !== null && 'up' in module && typeof module.up === 'function';
}

/** Waiting for another process's migrations ends here, so that a hung one is noticed. */
const longestWait = '15min';

/**
 * Brings the tables up to date: applies every file of `migrations/` that has not been applied yet, in the
 * order of the names, each in a transaction of its own. Processes that start together take turns.
 * @returns the names applied by this call.
 */
export async function migrate(sequelize: Sequelize, folder?: string): Promise<string[]> {
  if ((await pendingMigrations(sequelize, folder)).length === 0) return [];

  const session = await openSession(sequelize);
  try {
    await session.query(`SET lock_timeout = '${longestWait}'`);
    await lockInSession(session, 'migrations');
    await session.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    // Loaded here: it brings a command line of its own, and mostly there is nothing to apply.
    const { Umzug } = await import('umzug');
    const umzug = new Umzug({
      context: sequelize,
      migrations: (await listMigrations(folder)).map(runnable),
      storage,
      logger: undefined,
    });
    return (await umzug.up()).map((migration) => migration.name);
  } finally {
    // Ending the session gives the lock back, even if a query on it failed.
    await session.end();
  }
}

/** The names of the migrations not applied yet, in the order in which they would be. One query, no lock. */
export async function pendingMigrations(sequelize: Sequelize, folder?: string): Promise<string[]> {
  const applied = new Set(await appliedMigrations(sequelize));
  const files = await listMigrations(folder);
  return files.map((file) => file.name).filter((name) => !applied.has(name));
}

async function appliedMigrations(sequelize: Sequelize): Promise<string[]> {
  try {
    const rows = await sequelize.query<{ name: string }>('SELECT name FROM schema_migrations', {
      type: QueryTypes.SELECT,
    });
    return rows.map((row) => row.name);
  } catch (error) {
    if (databaseErrorCode(error) === undefinedTable) return [];
    throw error;
  }
}

const undefinedTable = '42P01';

/** A migration and the note that it was applied are committed together, or neither is. */
function runnable(file: MigrationFile): RunnableMigration<Sequelize> {
  return {
    name: file.name,
    path: file.path,
    up: async ({ context: sequelize }) => {
      const migration = await file.load();
      await sequelize.transaction(async (transaction) => {
        await migration.up({ sequelize, transaction });
        await sequelize.query('INSERT INTO schema_migrations (name) VALUES ($1)', {
          bind: [file.name],
          transaction,
        });
      });
    },
  };
}

const storage: UmzugStorage<Sequelize> = {
  executed: ({ context }) => appliedMigrations(context),
  // Written already, inside the migration's own transaction.
  logMigration: async () => {},
  unlogMigration: async () => {},
};
