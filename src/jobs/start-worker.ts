import { setTimeout as delay } from 'node:timers/promises';
import type { JobWithMetadata } from 'pg-boss';
import { ZodError } from 'zod';
import type { Database } from '../database/open-database.ts';
import { HotspotsError } from '../errors.ts';
import { log } from '../log.ts';
import { failureOutput, outcomeOutput } from './job-output.ts';
import { type JobQueue, type JobQueueOptions, openJobQueue } from './open-job-queue.ts';
import { rareLog } from './rare-log.ts';
import { runJob } from './run-job.ts';
import { sendDueJobs } from './send-due-jobs.ts';
import type { Task, TaskOutcome } from './task.ts';

export interface WorkerOptions extends JobQueueOptions {
  /** How many jobs of each task it does at once; default 2. */
  concurrency?: number;
  /** Only the tasks with these names; default all. */
  only?: readonly string[];
  /** How often it looks for jobs, in seconds; at least 0.5, default 2. */
  pollingSeconds?: number;
  /** Is told of each job that ends. */
  onEnd?: (ended: { task: string; id: string; outcome: string; summary: string }) => void;
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
        ...{ pollingIntervalSeconds: pollingSeconds, notifyPollingIntervalSeconds: pollingSeconds },
        ...{ batchSize: 1, includeMetadata: true, perJobResults: true },
      } as const,
      async (jobs: JobWithMetadata<object>[]) =>
        await Promise.all(
          jobs.map((job) => settle(queue, task, job, { database, stop: stop.signal, onEnd })),
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

interface Surroundings {
  database: Database;
  stop: AbortSignal;
  onEnd: WorkerOptions['onEnd'];
}

async function settle(
  queue: JobQueue,
  task: Task,
  job: JobWithMetadata<object>,
  { database, stop, onEnd }: Surroundings,
) {
  const { id } = job;
  const tell = (outcome: string, summary: string) => onEnd?.({ task: task.name, id, outcome, summary });
  try {
    // Asked for just before the stop, and received after it.
    if (stop.aborted) return await handBack(queue, job, { state: 'stopped', summary: 'Not begun.' });
    const outcome = outcomeOutput(
      await runJob(task, job.data, { database, signal: AbortSignal.any([stop, job.signal]) }),
    );
    tell(outcome.state, outcome.summary);
    if (outcome.state !== 'stopped') return { id, status: 'completed' as const, output: outcome };
    return await handBack(queue, job, outcome);
  } catch (error) {
    const output = failureOutput(error);
    tell('failed', output.message);
    if (onEnd === undefined) log.error('A job failed', { task: task.name, id, error });
    return { id, status: isFinal(error) ? ('deadletter' as const) : ('failed' as const), output };
  }
}

/** Back to the queue without counting as a failure; what is said of this attempt then has no effect any more. */
async function handBack({ boss }: JobQueue, { id, name, retryCount }: JobWithMetadata, output: TaskOutcome) {
  await boss.cancel(name, { id, retryCount });
  await boss.resume(name, id);
  return { id, status: 'failed' as const, output };
}

/** What no retry will mend. */
function isFinal(error: unknown): boolean {
  if (error instanceof ZodError) return true;
  return error instanceof HotspotsError && finalCodes.has(error.code);
}

const finalCodes: ReadonlySet<string> = new Set([
  ...['JOB_INVALID', 'USER_INACTIVE', 'USER_UNKNOWN', 'SOURCE_UNKNOWN', 'SPIDER_UNKNOWN', 'SOURCES_INVALID'],
  ...['UNDO_PLAN_UNKNOWN', 'UNDO_PLAN_DONE', 'UNDO_PLAN_STALE', 'FORBIDDEN'],
]);
