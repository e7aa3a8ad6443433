import type { Transaction } from 'sequelize';
import { currentContext, storableJson } from '../audit/index.ts';
import { config } from '../config.ts';
import { HotspotsError } from '../errors.ts';
import { checkData } from './check-data.ts';
import type { JobEnvelope } from './job-envelope.ts';
import type { JobQueue } from './open-job-queue.ts';
import { taskNamed } from './task-named.ts';
import { transactionDatabase } from './transaction-database.ts';

export interface SendJobOptions {
  /** The job is sent when this is committed, and not at all when it is rolled back. */
  transaction?: Transaction;
  /** Not before. */
  startAfter?: Date;
}

/**
 * Sends work to the background. It will be done as the actor of the surrounding context, with its correlation id;
 * outside any, and in those of the program itself, as the system user.
 *
 * @param data what the task asks for
 * @returns the job's id; null when a job with the same key waits or runs already
 * @throws HotspotsError JOB_INVALID when there is no such task, or the data is not what it asks for
 */
export async function sendJob(
  queue: JobQueue,
  taskName: string,
  data: unknown,
  { transaction, startAfter }: SendJobOptions = {},
): Promise<string | null> {
  const task = taskNamed(queue.tasks, taskName);
  checkData(task, data);
  const json = JSON.stringify(data);
  if (storableJson(json) !== json) {
    throw new HotspotsError(
      'JOB_INVALID',
      `The task ${taskName} was given text with U+0000 or half a character, which the database cannot hold.`,
    );
  }
  const key = task.keyOf(data);
  return await queue.boss.send(taskName, await envelopeOf(data), {
    ...(key !== undefined && { singletonKey: key }),
    ...(startAfter !== undefined && { startAfter }),
    ...(transaction && { db: transactionDatabase(queue.sequelize, transaction) }),
  });
}

async function envelopeOf(data: unknown): Promise<JobEnvelope> {
  const context = currentContext();
  const actor = await context?.actor();
  const automated = [config.systemActorEmail, config.scraperActorEmail].map((email) => email.toLowerCase());
  const isPerson = actor?.id != null && !automated.includes(actor.email);
  return {
    data,
    actor: isPerson && actor?.id != null ? { id: actor.id, email: actor.email } : null,
    correlationId: context?.correlationId ?? null,
  };
}
