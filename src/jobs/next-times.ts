import { nextTime } from './next-time.ts';
import type { PlannedSchedule } from './planned-schedules.ts';

/** So many times of a schedule after a moment; see `nextTime`. */
export function nextTimes(
  schedule: Pick<PlannedSchedule, 'cron' | 'timeZone'>,
  after: Date,
  count: number,
): Date[] {
  const times: Date[] = [];
  for (let last = after; times.length < count; times.push(last)) last = nextTime(schedule, last);
  return times;
}
