import { QueryTypes, type Sequelize } from 'sequelize';
import { deadLetters } from './open-job-queue.ts';

/** How many jobs could have been begun before a moment and have not been. */
export async function countJobsWaitingSince(sequelize: Sequelize, moment: Date): Promise<number> {
  const [row] = await sequelize.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pgboss.job
     WHERE state < 'active' AND start_after < $2 AND name <> $1 AND name NOT LIKE '\\_\\_pgboss%'`,
    { bind: [deadLetters, moment], type: QueryTypes.SELECT },
  );
  return row?.count ?? 0;
}
