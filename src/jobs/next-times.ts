import { CronExpressionParser } from 'cron-parser';
import type { PlannedSchedule } from './planned-schedules.ts';

/**
 * The next times of a schedule, after a moment. Where clocks are put forward, a time in the hour that is left out is
 * an hour later; where they are put back, a time in the hour that comes twice is the first of the two, unless the
 * schedule means every hour.
 */
export function nextTimes(
  { cron, timeZone }: Pick<PlannedSchedule, 'cron' | 'timeZone'>,
  after: Date,
  count: number,
): Date[] {
  const times = CronExpressionParser.parse(cron, { tz: timeZone, currentDate: after });
  return times.take(count).map((time) => time.toDate());
}
