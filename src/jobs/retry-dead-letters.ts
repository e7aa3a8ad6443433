import { checkDeadLetters } from './check-dead-letters.ts';
import { deadLetters, type JobQueue } from './open-job-queue.ts';

/**
 * Sends jobs that failed for good once more, as whom they were queued at first. One whose key another job has by now is
 * not sent beside it, and is no longer listed.
 *
 * @param ids of dead letters; all when left out
 * @returns how many were sent
 * @throws HotspotsError JOB_UNKNOWN when one of them is none; then nothing is sent
 */
export async function retryDeadLetters(queue: JobQueue, ids?: readonly string[]): Promise<number> {
  if (ids === undefined) return await queue.boss.redrive(deadLetters, { limit: 100_000 });
  await checkDeadLetters(queue, ids);
  return await queue.boss.redrive(deadLetters, { ids: [...ids] });
}
