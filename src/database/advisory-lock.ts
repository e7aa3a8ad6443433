import type pg from 'pg';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { onlyRow } from './only-row.ts';

/**
 * All advisory locks that the program takes, by what they protect. The key in PostgreSQL is a hash of the name, so
 * that no list of numbers must be kept.
 */
export type AdvisoryLock =
  /** Applying migrations. */
  | 'migrations'
  /** Creating and replacing audit triggers. */
  | 'audit triggers'
  /** Sealing the log, and removing what is sealed. */
  | 'audit seals'
  /** Creating the user row of the system or scraper actor; by its e-mail. */
  | `automated actor ${string}`
  /** Work that one process at a time does; see `lockWork`. */
  | `work ${string}`;

const key = 'hashtextextended($1, 0)';

function nameOf(lock: AdvisoryLock): string {
  return `hotspots ${lock}`;
}

/** Waits for a lock and holds it until the transaction ends. */
export async function lockInTransaction(
  sequelize: Sequelize,
  lock: AdvisoryLock,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(`SELECT pg_advisory_xact_lock(${key})`, {
    bind: [nameOf(lock)],
    type: QueryTypes.SELECT,
    transaction,
  });
}

/** Waits for a lock and holds it until the session ends. */
export async function lockInSession(session: pg.Client, lock: AdvisoryLock): Promise<void> {
  await session.query(`SELECT pg_advisory_lock(${key})`, [nameOf(lock)]);
}

/**
 * Takes a lock until the session ends, unless another session has it.
 *
 * @returns whether it was taken
 */
export async function tryLockInSession(session: pg.Client, lock: AdvisoryLock): Promise<boolean> {
  const { rows } = await session.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${key}) AS taken`, [
    nameOf(lock),
  ]);
  return onlyRow(rows).taken;
}
