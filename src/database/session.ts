import pg from 'pg';
import { type Sequelize, Transaction } from 'sequelize';
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

const original: unknown = Reflect.get(Transaction.prototype, 'prepareEnvironment');
let savepoints = 0;
let isDone = false;

/**
 * Gives every savepoint of this process a name that stays its own. Sequelize 6 gives a savepoint inside a
 * savepoint the outer one's name, and then renames the outer one: rolling that back would go back to the inner
 * one only, and what was written between the two would stay. `findOrCreate` opens such a savepoint inside its
 * caller's.
 */
export function nameSavepointsApart(): void {
  if (isDone) return;
  if (typeof original !== 'function') throw new TypeError('Transactions have no prepareEnvironment.');
  isDone = true;
  Object.defineProperty(Transaction.prototype, 'prepareEnvironment', {
    configurable: true,
    writable: true,
    value(this: Transaction, ...parameters: unknown[]): unknown {
      const parent: unknown = Reflect.get(this, 'parent');
      if (parent instanceof Transaction) keepName(this);
      return Reflect.apply(original, this, parameters);
    },
  });
}

/** Sequelize goes on assigning names; that must not fail, and must do nothing. */
function keepName(savepoint: Transaction): void {
  savepoints += 1;
  const name = `hotspots_${savepoints}`;
  Object.defineProperty(savepoint, 'name', { get: () => name, set: () => {}, configurable: true });
}
