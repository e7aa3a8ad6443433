import { QueryTypes, type Sequelize } from 'sequelize';
import { onlyRow } from '../database/only-row.ts';
import { deadLetters, type JobQueue } from './queue.ts';

/** How many jobs could have been begun before a moment and have not been. */
export async function countJobsWaitingSince(sequelize: Sequelize, moment: Date): Promise<number> {
  const { count } = onlyRow(
    await sequelize.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pgboss.job
     WHERE state < 'active' AND start_after < $2 AND name <> $1 AND name NOT LIKE '\\_\\_pgboss%'`,
      { bind: [deadLetters, moment], type: QueryTypes.SELECT },
    ),
  );
  return count;
}

/** How many jobs of a task there are in which state. */
export interface JobCounts {
  readonly task: string;
  /** Ready to be done. */
  readonly waiting: number;
  /** To be done later, or tried again later. */
  readonly deferred: number;
  readonly active: number;
  /** Since the time for which ended jobs are kept. */
  readonly completed: number;
  readonly failed: number;
}

/** Counts the jobs of each task; tasks without any are left out. */
export async function countJobs(sequelize: Sequelize): Promise<JobCounts[]> {
  return await sequelize.query<JobCounts>(
    `SELECT name AS task,
       count(*) FILTER (WHERE state < 'active' AND start_after <= now())::int AS waiting,
       count(*) FILTER (WHERE state < 'active' AND start_after > now())::int AS deferred,
       count(*) FILTER (WHERE state = 'active')::int AS active,
       count(*) FILTER (WHERE state = 'completed')::int AS completed,
       count(*) FILTER (WHERE state = 'failed')::int AS failed
     FROM pgboss.job WHERE name NOT LIKE '\\_\\_pgboss%' AND name <> 'dead-letters'
     GROUP BY name ORDER BY name`,
    { type: QueryTypes.SELECT },
  );
}

/**
 * How many workers run, on whatever machine: those that have not stopped and missed fewer than three heartbeats, as
 * pg-boss itself counts them. Asks without opening the queue, which would make its tables.
 */
export async function countLiveWorkers(sequelize: Sequelize): Promise<number> {
  const { count } = onlyRow(
    await sequelize.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pgboss.instance
     WHERE stopped_on IS NULL AND heartbeat_on >= now() - heartbeat_seconds * 3 * interval '1 second'`,
      { type: QueryTypes.SELECT },
    ),
  );
  return count;
}

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

/** A task as people see it: what it does, and how many jobs of it there are. */
export interface ListedTask extends JobCounts {
  readonly summary: string;
}

/** Every task there is, and those that are not there any more but had jobs in the time for which these are kept. */
export async function listTasks({ sequelize, tasks }: JobQueue): Promise<ListedTask[]> {
  const counts = new Map((await countJobs(sequelize)).map((count) => [count.task, count]));
  const none = { waiting: 0, deferred: 0, active: 0, completed: 0, failed: 0 };
  const present = [...tasks.values()].map(({ name, summary }) => ({
    task: name,
    summary,
    ...(counts.get(name) ?? none),
  }));
  const former = [...counts.values()].filter(({ task }) => !tasks.has(task));
  return [...present, ...former.map((count) => ({ ...count, summary: 'Not there any more' }))];
}
