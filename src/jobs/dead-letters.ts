import { QueryTypes, type Sequelize } from 'sequelize';
import { onlyRow } from '../database/only-row.ts';
import { HotspotsError } from '../errors.ts';
import { deadLetters, type JobQueue } from './queue.ts';

/** @throws HotspotsError JOB_UNKNOWN, naming the first id that belongs to no job that failed permanently */
export async function checkDeadLetters({ sequelize }: JobQueue, ids: readonly string[]): Promise<void> {
  const [unknown] = await sequelize.query<{ id: string }>(
    `SELECT id::text FROM unnest($2::uuid[]) AS id
     WHERE id NOT IN (SELECT id FROM pgboss.job WHERE name = $1 AND state < 'active') LIMIT 1`,
    { bind: [deadLetters, [...ids]], type: QueryTypes.SELECT },
  );
  if (unknown === undefined) return;
  throw new HotspotsError(
    'JOB_UNKNOWN',
    `No job that failed permanently has the id ${unknown.id}. Those there are: npm run hotspots -- jobs`,
  );
}

/** How many jobs have failed permanently and were not sent again. */
export async function countDeadLetters(sequelize: Sequelize): Promise<number> {
  const { count } = onlyRow(
    await sequelize.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM pgboss.job WHERE name = $1 AND state < 'completed'",
      { bind: [deadLetters], type: QueryTypes.SELECT },
    ),
  );
  return count;
}

/**
 * Takes jobs that failed permanently off the list: what they were to do is not needed any more, or was done otherwise.
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

/** A job that failed permanently. */
export interface DeadLetter {
  /** By which it is retried. */
  readonly id: string;
  readonly task: string;
  readonly data: unknown;
  /** Who queued it; null for the program itself. */
  readonly actorEmail: string | null;
  readonly correlationId: string | null;
  readonly error: string;
  readonly failedAt: Date;
  readonly queuedAt: Date;
  /** How often it was tried. */
  readonly attempts: number;
}

/** Jobs that failed permanently, the newest first. */
export async function listDeadLetters(sequelize: Sequelize, limit = 100): Promise<DeadLetter[]> {
  return await sequelize.query<DeadLetter>(
    `SELECT id, source_name AS task, data -> 'data' AS data, data -> 'actor' ->> 'email' AS "actorEmail",
       data ->> 'correlationId' AS "correlationId",
       coalesce(source_output ->> 'message', source_output ->> 'summary', source_output::text, '') AS error,
       created_on AS "failedAt", coalesce(source_created_on, created_on) AS "queuedAt",
       coalesce(source_retry_count, 0) + 1 AS attempts
     FROM pgboss.job WHERE name = $1 AND state < 'completed' ORDER BY created_on DESC, id LIMIT $2`,
    { bind: [deadLetters, limit], type: QueryTypes.SELECT },
  );
}

/**
 * Retries dead letters: jobs that failed permanently, as whom they were queued at first. One whose key another job has by now is
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
