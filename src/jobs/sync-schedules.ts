import { QueryTypes, type Sequelize } from 'sequelize';
import { nextTime } from './next-time.ts';
import type { PlannedSchedule } from './planned-schedules.ts';

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
