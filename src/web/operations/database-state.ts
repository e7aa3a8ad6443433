import { setTimeout as delay } from 'node:timers/promises';
import type { Sequelize } from 'sequelize';
import { pendingMigrations } from '../../database/migrate.ts';
import { log } from '../../log.ts';

/** How long the database may take to answer, in milliseconds. */
const patience = 2000;

/**
 * Why the database cannot serve requests at present, in a sentence for anybody; null when it can. Who may know more
 * finds it in the log.
 */
export async function databaseState(sequelize: Sequelize): Promise<string | null> {
  const timer = new AbortController();
  try {
    const pending = await Promise.race([
      pendingMigrations(sequelize),
      delay(patience, null, { signal: timer.signal }),
    ]);
    if (pending === null) return 'The database does not answer within 2 seconds.';
    return pending.length === 0 ? null : `Migrations that are not applied: ${pending.length}.`;
  } catch (error) {
    log.warn('The database does not answer', { error });
    return 'The database does not answer.';
  } finally {
    timer.abort();
  }
}
