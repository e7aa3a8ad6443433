import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { openSession } from '../../database/open-session.ts';

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
    await session.query(readSettings);
    const result = await fn(session);
    await session.query('COMMIT');
    return result;
  } finally {
    await session.end();
  }
}

/** Values as text mean the same whatever the server's defaults are; sorting spills to disk beyond 64 MB. */
const readSettings = `
  SET LOCAL TIME ZONE 'UTC';
  SET LOCAL datestyle = 'ISO, YMD';
  SET LOCAL intervalstyle = 'postgres';
  SET LOCAL extra_float_digits = 1;
  SET LOCAL bytea_output = 'hex';
  SET LOCAL statement_timeout = 0;
  SET LOCAL idle_in_transaction_session_timeout = 0;
  SET LOCAL work_mem = '64MB';
  SET LOCAL jit = off`;
