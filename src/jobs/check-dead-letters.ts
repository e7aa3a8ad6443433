import { QueryTypes } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { deadLetters, type JobQueue } from './open-job-queue.ts';

/** @throws HotspotsError JOB_UNKNOWN, naming the first of the ids that is none of a job that failed for good */
export async function checkDeadLetters({ sequelize }: JobQueue, ids: readonly string[]): Promise<void> {
  const [unknown] = await sequelize.query<{ id: string }>(
    `SELECT id::text FROM unnest($2::uuid[]) AS id
     WHERE id NOT IN (SELECT id FROM pgboss.job WHERE name = $1 AND state < 'active') LIMIT 1`,
    { bind: [deadLetters, [...ids]], type: QueryTypes.SELECT },
  );
  if (unknown === undefined) return;
  throw new HotspotsError(
    'JOB_UNKNOWN',
    `No job that failed for good has the id ${unknown.id}. Those there are: npm run hotspots -- jobs`,
  );
}
