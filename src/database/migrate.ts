import type { Sequelize } from 'sequelize';
import { QueryTypes } from 'sequelize';
import { type RunnableMigration, Umzug, type UmzugStorage } from 'umzug';
import { databaseErrorCode } from './database-error-code.ts';
import { listMigrations, type MigrationFile } from './list-migrations.ts';
import { openSession } from './open-session.ts';

/** The key of the lock by which processes take turns: any number that no other program on the database uses. */
export const advisoryLock = 7_463_127_001n;

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
    await session.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    await session.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
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
