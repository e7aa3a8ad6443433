import pg from 'pg';
import type { Sequelize } from 'sequelize';
import { log } from '../log.ts';

/**
 * One connection outside the pool, to the same database as the same user, for what must outlive a
 * transaction: session locks, LISTEN. The caller ends it.
 */
export async function openSession(sequelize: Sequelize): Promise<pg.Client> {
  const { host, port, database, username, password, dialectOptions } = sequelize.config;
  const session = new pg.Client({
    host,
    port: Number(port),
    database,
    user: username,
    password: password ?? undefined,
    ...dialectOptions,
  });
  // Without a listener a lost connection would end the process; the next query on it fails anyway.
  session.on('error', (error) => log.warn('A database session was lost', { error }));
  await session.connect();
  return session;
}
