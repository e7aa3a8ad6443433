import { QueryTypes, type Sequelize } from 'sequelize';

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
