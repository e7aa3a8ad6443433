import { countDeadLetters } from '../../jobs/count-dead-letters.ts';
import { countJobsWaitingSince } from '../../jobs/count-jobs-waiting-since.ts';
import { hasJobQueue } from '../../jobs/has-job-queue.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

/** How long a job may wait for a worker, in minutes: long crawls may keep all of them busy. */
const patienceMinutes = 120;

/** Jobs that failed for good, and those that nobody does. */
export const jobs: Check = {
  name: 'jobs',
  needsTables: false,
  run: async ({ sequelize, now }) => {
    const ok: Finding = { level: 'ok', message: 'No job has failed for good or waits for long.' };
    if (!(await hasJobQueue(sequelize))) return [ok];
    const findings: Finding[] = [];
    const dead = await countDeadLetters(sequelize);
    if (dead > 0) {
      findings.push({
        level: 'problem',
        message: `Jobs that failed for good: ${dead}.`,
        mend: 'See why: npm run hotspots -- jobs; then: npm run hotspots -- jobs retry --all',
      });
    }
    const late = new Date(now().getTime() - patienceMinutes * 60_000);
    const waiting = await countJobsWaitingSince(sequelize, late);
    if (waiting > 0) {
      findings.push({
        level: 'problem',
        message: `Jobs that have waited for a worker for more than ${patienceMinutes} minutes: ${waiting}.`,
        mend: 'Start another worker, without --task if there is none for these: npm run worker',
      });
    }
    return findings.length > 0 ? findings : [ok];
  },
};
