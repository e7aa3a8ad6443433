import { QueryTypes, type Sequelize } from 'sequelize';
import { deadLetters } from './open-job-queue.ts';

/** How many jobs have failed for good and were not sent again. */
export async function countDeadLetters(sequelize: Sequelize): Promise<number> {
  const [row] = await sequelize.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM pgboss.job WHERE name = $1 AND state < 'completed'",
    { bind: [deadLetters], type: QueryTypes.SELECT },
  );
  return row?.count ?? 0;
}
