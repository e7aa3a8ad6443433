import { randomUUID } from 'node:crypto';
import type { JobWithMetadata } from 'pg-boss';
import { QueryTypes } from 'sequelize';
import { z } from 'zod';
import {
  type ContextDetails,
  outsideContext,
  storableJson,
  withSystemActor,
  withUserActor,
} from '../audit/index.ts';
import type { Database } from '../database/open-database.ts';
import { HotspotsError, isRetryable } from '../errors.ts';
import { log } from '../log.ts';
import { User } from '../records/index.ts';
import { abbreviate } from '../text.ts';
import { type JobEnvelope, type JobQueue, storedEnvelope, transactionDatabase } from './queue.ts';
import { outcomeStates, type Task, type TaskContext, type TaskOutcome } from './task.ts';

/** Characters of what is said of a job; the rest is in the worker's log. */
const mostText = 2000;

const outcomeSchema = z.object({ state: z.enum(outcomeStates), summary: z.string() });
const failureSchema = z.object({ message: z.string(), code: z.string().optional() });

/** What is stored of a job that was done. Both texts and those of errors may quote pages: they are cut, and storable. */
export function outcomeOutput({ state, summary }: TaskOutcome): z.infer<typeof outcomeSchema> {
  return outcomeSchema.parse(storable({ state, summary: abbreviate(summary, mostText) }));
}

/** What is stored of a job that failed. */
export function failureOutput(error: unknown): z.infer<typeof failureSchema> {
  const message = abbreviate(error instanceof Error ? error.message : String(error), mostText);
  return failureSchema.parse(
    storable({ message, ...(error instanceof HotspotsError && { code: error.code }) }),
  );
}

function storable(value: object): unknown {
  return JSON.parse(storableJson(JSON.stringify(value)));
}

/**
 * Does one job: as the user who queued it, else as the system user. Whatever context the caller is in, as a loop that
 * somebody's request has started, does not reach the job.
 *
 * @param envelope as it was stored
 * @throws HotspotsError JOB_INVALID when it is not one that `sendJob` has made; USER_INACTIVE when the user may not act
 *   any more; whatever the task throws
 */
export function runJob(task: Task, envelope: unknown, context: TaskContext): Promise<TaskOutcome> {
  return outsideContext(async () => {
    const { data, actor, correlationId } = readEnvelope(task, envelope);
    const details: ContextDetails = {
      correlationId: correlationId ?? randomUUID(),
      extra: { task: task.name },
    };
    const perform = () => task.perform(data, context);
    if (actor === null) return await withSystemActor(perform, details);
    return await withUserActor(await activeUser(actor), perform, details);
  });
}

function readEnvelope({ name }: Task, envelope: unknown): JobEnvelope {
  try {
    return storedEnvelope.read(envelope, `A job of the task ${name}`);
  } catch (error) {
    if (!(error instanceof HotspotsError)) throw error;
    const advice = `Send jobs with sendJob or: hotspots jobs send ${name}.`;
    throw new HotspotsError('JOB_INVALID', `${error.message}\n${advice}`, { cause: error });
  }
}

async function activeUser({ id, email }: NonNullable<JobEnvelope['actor']>): Promise<User> {
  const user = await User.findByPk(id);
  if (user?.isActive === true) return user;
  throw new HotspotsError(
    'USER_INACTIVE',
    `The job was queued by ${email}, who is ${user === null ? 'no longer a user' : 'deactivated'} and cannot act. ` +
      'Nothing was done. Activate the user and retry the job, or send it anew.',
  );
}

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

/** Does a job, and says what is to become of it: completed, tried again, handed back, or failed permanently. */
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
  return error instanceof HotspotsError && !isRetryable(error.code);
}
