import type { Sequelize } from 'sequelize';
import { openSession } from '../database/open-session.ts';

/**
 * Runs `fn` unless another process on the same database is doing work of the same name.
 *
 * @returns what `fn` gives; null when it was not run
 */
export async function withTaskLock<Result>(
  sequelize: Sequelize,
  name: string,
  fn: () => Promise<Result>,
): Promise<Result | null> {
  const session = await openSession(sequelize);
  try {
    const { rows } = await session.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_lock(hashtext('hotspots task'), hashtext($1)) AS taken`,
      [name],
    );
    return rows[0]?.taken === true ? await fn() : null;
  } finally {
    // Ending the session gives the lock back.
    await session.end();
  }
}
