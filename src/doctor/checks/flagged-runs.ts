import { countWaitingRuns } from '../../runs/list.ts';
import type { Check } from '../check.ts';

/** Flagged runs that nobody has judged. */
export const flaggedRuns: Check = {
  name: 'flagged-runs',
  needsTables: true,
  run: async ({ sequelize }) => {
    const waiting = await countWaitingRuns(sequelize);
    if (waiting === 0) return [{ level: 'ok', message: 'No flagged run waits for a verdict.' }];
    return [
      {
        level: 'problem',
        message: `Flagged runs that nobody has judged: ${waiting}.`,
        mend: 'npm run review -- --flagged',
      },
    ];
  },
};
