import type { JobWithMetadata } from 'pg-boss';
import { QueryTypes } from 'sequelize';
import { ZodError } from 'zod';
import type { Database } from '../database/open-database.ts';
import { HotspotsError, isRetryable } from '../errors.ts';
import { log } from '../log.ts';
import { failureOutput, outcomeOutput } from './job-output.ts';
import type { JobQueue } from './open-job-queue.ts';
import { runJob } from './run-job.ts';
import type { Task, TaskOutcome } from './task.ts';
import { transactionDatabase } from './transaction-database.ts';

/** What became of a job, each time that it was tried. */
export interface EndedAttempt {
  readonly task: string;
  readonly id: string;
  /** As `TaskOutcome`, or failed. */
  readonly outcome: string;
  readonly summary: string;
}

interface Surroundings {
  database: Database;
  /** Says that the worker is to stop. */
  stop: AbortSignal;
  onEnd: ((ended: EndedAttempt) => void) | undefined;
}

/** Does a job, and says what is to become of it: completed, tried again, handed back, or failed for good. */
export async function settleJob(
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
async function handBack(
  { boss, sequelize }: JobQueue,
  { id, name, retryCount }: JobWithMetadata,
  output: TaskOutcome,
) {
  await sequelize.transaction(async (transaction) => {
    // The queue tells attempts of a job apart by their number, so the next one needs its own: one more is allowed.
    const own = await sequelize.query(
      `UPDATE pgboss.job SET retry_limit = retry_limit + 1
       WHERE name = $1 AND id = $2 AND state = 'active' AND retry_count = $3 RETURNING id`,
      { bind: [name, id, retryCount], type: QueryTypes.SELECT, transaction },
    );
    // Taken away meanwhile, as by somebody who cancelled it.
    if (own.length === 0) return;
    const db = transactionDatabase(sequelize, transaction);
    await boss.cancel(name, id, { db });
    await boss.resume(name, id, { db });
  });
  return { id, status: 'failed' as const, output };
}

/** Whether a retry would fail as well. */
function isFinal(error: unknown): boolean {
  return error instanceof ZodError || (error instanceof HotspotsError && !isRetryable(error.code));
}
