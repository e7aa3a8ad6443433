import type { SourcePause } from '../runs/source-pauses.ts';
import { listPauses } from '../runs/source-pauses.ts';
import { type EndedJob, lastJobs } from './last-jobs.ts';
import { nextTimes } from './next-times.ts';
import type { JobQueue } from './open-job-queue.ts';
import type { PlannedSchedule } from './planned-schedules.ts';

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
