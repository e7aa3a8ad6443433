import { QueryTypes } from 'sequelize';
import { countLiveWorkers } from '../../jobs/count-live-workers.ts';
import { hasJobQueue } from '../../jobs/has-job-queue.ts';
import type { Check } from '../check.ts';

/** How long after its time a job may not have been sent, in minutes; a worker looks every few seconds. */
const patienceMinutes = 10;

interface ScheduleCounts {
  all: number;
  overdue: number;
  /** When the first of these was due. */
  since: Date | null;
}

/** Whether there is a worker for what is to be done by schedule. */
export const schedules: Check = {
  name: 'schedules',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const workers = (await hasJobQueue(sequelize)) ? await countLiveWorkers(sequelize) : 0;
    const [counts] = await sequelize.query<ScheduleCounts>(
      `SELECT count(*)::int AS all, (count(*) FILTER (WHERE due_at < $1))::int AS overdue, min(due_at) AS since
       FROM schedules`,
      { bind: [new Date(now().getTime() - patienceMinutes * 60_000)], type: QueryTypes.SELECT },
    );
    const { all = 0, overdue = 0, since = null } = counts ?? {};
    if (overdue > 0) {
      const who = workers === 0 ? 'no worker is running' : `workers are running: ${workers}`;
      return [
        {
          level: 'problem',
          message: `Schedules are overdue, ${overdue} of ${all} since ${since?.toISOString() ?? 'some time'}, and ${who}.`,
          mend:
            workers === 0
              ? 'npm run worker; if cron does the work now, forget what workers were to do: DELETE FROM schedules;'
              : 'Start the workers anew: they may be of an earlier version, or hang. See: npm run hotspots -- jobs',
        },
      ];
    }
    if (workers > 0)
      return [{ level: 'ok', message: `Workers: ${workers}; schedules: ${all}, none overdue.` }];
    return [
      {
        level: 'notice',
        message: 'No worker is running, so nothing is done by schedule.',
        mend: 'npm run worker; or let cron do it: npm run --silent schedule -- --crontab',
      },
    ];
  },
};
