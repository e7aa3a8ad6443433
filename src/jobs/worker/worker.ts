import { setTimeout as delay } from 'node:timers/promises';
import type { JobWithMetadata } from 'pg-boss';
import type { Database } from '../../database/open-database.ts';
import { type JobQueue, type JobQueueOptions, openJobQueue } from '../queue.ts';
import { type EndedAttempt, settleJob } from '../run-job.ts';
import { rareLog } from '../throttled-log.ts';
import { sendDueJobs } from './schedules.ts';

export interface WorkerOptions extends JobQueueOptions {
  /** How many jobs of each task it does at once; default 2. */
  concurrency?: number;
  /** Only the tasks with these names; default all. */
  only?: readonly string[];
  /** How often it looks for jobs, in seconds; at least 0.5, default 2. */
  pollingSeconds?: number;
  /** Is told of each job that ends. */
  onEnd?: (ended: EndedAttempt) => void;
}

export interface Worker extends AsyncDisposable {
  readonly queue: JobQueue;
  /**
   * Takes nothing more and waits for the batches that are being written; what is not done then goes back to the queue.
   *
   * @param patience in milliseconds; default 30 seconds
   * @returns false when there are jobs that did not stop in that time. They are this process's as long as it lives, so
   *   that nobody else does them beside it: end it, and others take them when its heartbeat is missed.
   */
  stop(patience?: number): Promise<boolean>;
}

/**
 * Takes jobs and does them until it is stopped. Any number of workers on any number of machines share the work; each
 * job is one worker's. What a worker had that was killed goes to another one when its heartbeat has been missed.
 */
export async function startWorker(database: Database, options: WorkerOptions = {}): Promise<Worker> {
  const { concurrency = 2, only, pollingSeconds = 2, onEnd } = options;
  const queue = await openJobQueue(database, { ...options, isWorker: true });
  const stop = new AbortController();
  const own = [...queue.tasks.values()].filter(({ name }) => only?.includes(name) ?? true);
  for (const task of own) {
    await queue.boss.work(
      task.name,
      {
        localConcurrency: concurrency,
        pollingIntervalSeconds: pollingSeconds,
        notifyPollingIntervalSeconds: pollingSeconds,
        batchSize: 1,
        includeMetadata: true,
        perJobResults: true,
      } as const,
      async (jobs: JobWithMetadata<object>[]) =>
        await Promise.all(
          jobs.map((job) => settleJob(queue, task, job, { database, stop: stop.signal, onEnd })),
        ),
    );
  }
  const sending = sendDueJobsUntil(queue, schedulePause, stop.signal);
  const end = async (patience: number): Promise<boolean> => {
    stop.abort();
    const names = own.map(({ name }) => name);
    const working = Promise.all([sending, ...names.map((name) => queue.boss.offWork(name))]);
    const hasEnded = await endsWithin(working, patience);
    if (hasEnded) await queue.close();
    return hasEnded;
  };
  let stopping: Promise<boolean> | undefined;
  const stopOnce = (patience = 30_000) => {
    stopping ??= end(patience);
    return stopping;
  };
  return {
    queue,
    stop: stopOnce,
    [Symbol.asyncDispose]: async () => {
      await stopOnce();
    },
  };
}

/** How long a job may be late, in milliseconds. */
const schedulePause = 5000;

async function sendDueJobsUntil(queue: JobQueue, pause: number, signal: AbortSignal): Promise<void> {
  const logProblem = rareLog();
  while (!signal.aborted) {
    try {
      await sendDueJobs(queue);
    } catch (error) {
      // The database may be away for a while; what is due stays due.
      logProblem('Due jobs could not be sent', error);
    }
    await pauseOrAbort(pause, signal);
  }
}

async function endsWithin(work: Promise<unknown>, patience: number): Promise<boolean> {
  const ended = new AbortController();
  try {
    return await Promise.race([work.then(() => true), delay(patience, false, { signal: ended.signal })]);
  } finally {
    ended.abort();
  }
}

async function pauseOrAbort(pause: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(pause, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
