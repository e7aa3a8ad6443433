import { QueryTypes, type Sequelize } from 'sequelize';
import { deadLetters } from './open-job-queue.ts';

/** A job that failed for good. */
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

/** Jobs that failed for good, the newest first. */
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
