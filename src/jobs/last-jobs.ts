import { QueryTypes, type Sequelize } from 'sequelize';

/** A job as lists show it. */
export interface EndedJob {
  readonly id: string;
  readonly task: string;
  readonly key: string;
  readonly state: 'active' | 'completed' | 'retry' | 'failed' | 'cancelled';
  /** What the task says of itself, as `TaskOutcome`; null while it runs and when it failed. */
  readonly outcome: string | null;
  /** One sentence: the result, or the error. */
  readonly summary: string;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** When a job that failed is tried again; null in other states than `retry`. */
  readonly retryAt: Date | null;
}

/** The newest job that was begun of each task and key, by "task key". */
export async function lastJobs(sequelize: Sequelize): Promise<Map<string, EndedJob>> {
  const rows = await sequelize.query<EndedJob>(
    `SELECT DISTINCT ON (name, singleton_key)
       id, name AS task, coalesce(singleton_key, '') AS key, state::text AS state,
       output ->> 'state' AS outcome,
       coalesce(output ->> 'summary', output ->> 'message', output -> 'value' ->> 'message', '') AS summary,
       started_on AS "startedAt", completed_on AS "endedAt",
       CASE WHEN state = 'retry' THEN start_after END AS "retryAt"
     FROM pgboss.job
     WHERE started_on IS NOT NULL AND state IN ('active', 'completed', 'retry', 'failed', 'cancelled')
     ORDER BY name, singleton_key, started_on DESC`,
    { type: QueryTypes.SELECT },
  );
  return new Map(rows.map((row) => [`${row.task} ${row.key}`, row]));
}
