import { QueryTypes } from 'sequelize';
import { outsideContext } from '../audit/index.ts';
import { nextTime } from './next-time.ts';
import type { JobQueue } from './open-job-queue.ts';
import { sendJob } from './send-job.ts';

interface DueSchedule {
  task: string;
  key: string;
  cron: string;
  timeZone: string;
  data: object;
  now: Date;
}

/**
 * Sends the jobs that are due by their schedules. Of several processes that do it at once each schedule is one's; one
 * whose time was missed, once or often, is sent once.
 *
 * @param now default: the database's clock, which all workers share
 * @returns how many jobs were sent; one that waits or runs already is not sent again
 */
export function sendDueJobs(queue: JobQueue, now?: Date): Promise<number> {
  const { sequelize, tasks } = queue;
  return outsideContext(() =>
    sequelize.transaction(async (transaction) => {
      const due = await sequelize.query<DueSchedule>(
        `SELECT task, key, cron, time_zone AS "timeZone", data,
                coalesce($1::timestamptz, now()) AS now
         FROM schedules WHERE due_at <= coalesce($1::timestamptz, now()) AND task = ANY($2)
         ORDER BY due_at FOR UPDATE SKIP LOCKED`,
        { bind: [now ?? null, [...tasks.keys()]], type: QueryTypes.SELECT, transaction },
      );
      let sent = 0;
      for (const schedule of due) {
        const { task, key, data } = schedule;
        // From now on, and not from when it was due: what was missed is made up once.
        const next = nextTime(schedule, schedule.now);
        if ((await sendJob(queue, task, data, { transaction })) !== null) sent += 1;
        await sequelize.query('UPDATE schedules SET due_at = $3 WHERE task = $1 AND key = $2', {
          bind: [task, key, next],
          transaction,
        });
      }
      return sent;
    }),
  );
}
