import { nextTimes } from './next-times.ts';
import type { PlannedSchedule } from './planned-schedules.ts';

/** Longer than a day on which clocks are put back. */
const lookBack = 26 * 60 * 60 * 1000;

/**
 * When a schedule is due after it was handled. The times are counted on from the one that was due, not from now: within
 * the hour that comes twice a time of it would otherwise seem to be still to come.
 *
 * @param dueAt the time that was due
 * @param now when it was handled; whatever was missed until then is not due any more
 */
export function nextDue(
  schedule: Pick<PlannedSchedule, 'cron' | 'timeZone'>,
  dueAt: Date,
  now: Date,
): Date | undefined {
  let [next] = nextTimes(schedule, new Date(Math.max(dueAt.getTime(), now.getTime() - lookBack)), 1);
  while (next !== undefined && next <= now) [next] = nextTimes(schedule, next, 1);
  return next;
}
