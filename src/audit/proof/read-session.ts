import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { openSession } from '../../database/open-session.ts';
import { textSettings } from './text-settings.ts';

/**
 * Runs `fn` on a connection of its own in a transaction that only reads and sees one moment of the database,
 * however long it takes.
 */
export async function readSession<Result>(
  sequelize: Sequelize,
  fn: (session: pg.Client) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(sequelize);
  try {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await session.query(textSettings);
    const result = await fn(session);
    await session.query('COMMIT');
    return result;
  } finally {
    await session.end();
  }
}
