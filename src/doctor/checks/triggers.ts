import { checkTriggers } from '../../audit/index.ts';
import type { Check } from '../check.ts';

/** Whether writes around the models are recorded, and the log cannot be changed. */
export const triggers: Check = {
  name: 'triggers',
  needsTables: true,
  run: async ({ sequelize, registrations }) => {
    const problems = await checkTriggers(sequelize, registrations);
    if (problems.length === 0)
      return [{ level: 'ok', message: 'The audit triggers are in place and the log is append-only.' }];
    return problems.map(({ message, kind }) => ({
      level: 'problem' as const,
      message,
      mend:
        kind === 'disabled'
          ? 'As the owner of the tables, run what is said here.'
          : 'Any other command puts it in place if DATABASE_URL names the owner of the tables: npm run review',
    }));
  },
};
