import { HotspotsError } from '../errors.ts';
import { deadLetters, type JobQueue } from './open-job-queue.ts';

/**
 * Sends jobs that failed for good once more, as whom they were queued at first.
 *
 * @param ids of dead letters; all when left out
 * @returns how many were sent
 * @throws HotspotsError JOB_UNKNOWN when one of them is none, or is a job of a task that there is no more
 */
export async function retryDeadLetters(queue: JobQueue, ids?: readonly string[]): Promise<number> {
  const retried = await queue.boss.redrive(deadLetters, ids === undefined ? {} : { ids: [...ids] });
  if (ids === undefined || retried === ids.length) return retried;
  throw new HotspotsError(
    'JOB_UNKNOWN',
    `${ids.length === 1 ? `There is no dead letter ${ids[0]}` : `${ids.length - retried} of these are no dead letters`} ` +
      'that could be sent again. Those there are: npm run hotspots -- jobs',
  );
}
