import { checkDeadLetters } from './check-dead-letters.ts';
import { deadLetters, type JobQueue } from './open-job-queue.ts';

/**
 * Takes jobs that failed for good off the list: what they were to do is not needed any more, or was done otherwise.
 *
 * @param ids of dead letters; all when left out
 * @throws HotspotsError JOB_UNKNOWN when one of them is none; then nothing is discarded
 */
export async function discardDeadLetters(queue: JobQueue, ids?: readonly string[]): Promise<void> {
  if (ids === undefined) {
    await queue.boss.deleteQueuedJobs(deadLetters);
    return;
  }
  await checkDeadLetters(queue, ids);
  await queue.boss.deleteJob(deadLetters, [...ids]);
}
