import { QueryTypes, type Sequelize } from 'sequelize';
import { outsideContext } from '../../audit/index.ts';
import { listPauses, type SourcePause } from '../../runs/index.ts';
import { type EndedJob, lastJobs } from '../counts.ts';
import { type JobQueue, sendJob } from '../queue.ts';
import { nextTime, nextTimes, type PlannedSchedule } from './cron.ts';

/** A schedule as people see it. */
export interface ListedSchedule extends PlannedSchedule {
  /** The next three times. */
  readonly next: readonly Date[];
  /** The newest job of its kind that has ended or is running, however it was queued; null when there is none. */
  readonly last: EndedJob | null;
  /** Why nothing happens: the pause of its source; null when it is not paused. */
  readonly pause: SourcePause | null;
}

/** Every schedule with its next times, the last result, and whether its source is paused. */
export async function listSchedules(
  queue: JobQueue,
  planned: readonly PlannedSchedule[],
  now: Date = new Date(),
): Promise<ListedSchedule[]> {
  const pauses = new Map((await listPauses(queue.sequelize)).map((pause) => [pause.sourceName, pause]));
  const last = await lastJobs(queue.sequelize);
  return planned.map((schedule) => ({
    ...schedule,
    next: nextTimes(schedule, now, 3),
    last: last.get(`${schedule.task} ${queue.tasks.get(schedule.task)?.keyOf(schedule.data) ?? ''}`) ?? null,
    pause: (schedule.task === 'crawl' ? pauses.get(schedule.key) : undefined) ?? null,
  }));
}

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

/**
 * Makes the schedules those that are planned. One that stays as it is keeps the time at which it is due, also when
 * that is over.
 *
 * @param now a new schedule is first due at its first time after this
 */
export async function syncSchedules(
  sequelize: Sequelize,
  planned: readonly PlannedSchedule[],
  now: Date = new Date(),
): Promise<void> {
  const rows = planned.map((schedule) => ({ ...schedule, dueAt: nextTime(schedule, now) }));
  await sequelize.query(
    `WITH planned AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb)
         AS row (task text, key text, cron text, "timeZone" text, data jsonb, "dueAt" timestamptz)
     ),
     removed AS (
       DELETE FROM schedules WHERE (task, key) NOT IN (SELECT task, key FROM planned)
     )
     INSERT INTO schedules (task, key, cron, time_zone, data, due_at) SELECT * FROM planned
     ON CONFLICT (task, key) DO UPDATE SET
       cron = excluded.cron, time_zone = excluded.time_zone, data = excluded.data,
       due_at = CASE WHEN (schedules.cron, schedules.time_zone) = (excluded.cron, excluded.time_zone)
                     THEN schedules.due_at ELSE excluded.due_at END`,
    { bind: [JSON.stringify(rows)], type: QueryTypes.INSERT },
  );
}
