import type { Sequelize } from 'sequelize';
import { withUserActor } from '../../src/audit/actors.ts';

/**
 * Empties the tables and the log, and restarts their ids. The log takes this only from its owner, in a
 * transaction that says so; the triggers of registered tables want an actor, whose entries are emptied too.
 */
export function emptyTables(sequelize: Sequelize, ...tables: readonly string[]): Promise<void> {
  const names = [...new Set([...tables, 'log_entries'])];
  return withUserActor({ id: null, email: 'cleaner@example.org' }, () =>
    sequelize.transaction(async (transaction) => {
      await sequelize.query('SET LOCAL hotspots.retention = on', { transaction });
      await sequelize.query(`TRUNCATE ${names.join(', ')} RESTART IDENTITY CASCADE`, { transaction });
    }),
  );
}
