import { pendingMigrations } from '../../database/migrate.ts';
import type { Check } from '../check.ts';

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
