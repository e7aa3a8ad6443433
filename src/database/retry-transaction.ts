import { setTimeout as delay } from 'node:timers/promises';
import type { Sequelize, Transaction } from 'sequelize';
import { HotspotsError } from '../errors.ts';

/**
 * The SQLSTATE (PostgreSQL, appendix A) or the operating system's code behind an error: pg puts it on the
 * error, Sequelize wraps that as `parent`, other wrappers name their `cause`. Undefined when there is none.
 */
export function databaseErrorCode(error: unknown): string | undefined {
  let current = error;
  // Bounded, because a chain of causes may be a circle.
  for (let depth = 0; depth < 10 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = 'parent' in current ? current.parent : current.cause;
  }
  return undefined;
}

/** SQLSTATEs (PostgreSQL, appendix A) after which the same work may succeed in a new transaction. */
const passingStates: ReadonlySet<string> = new Set([
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '23505', // unique_violation: another transaction inserted the same row first; the next attempt finds it
]);

/** The longest wait before the second attempt, in milliseconds; it doubles with every further one. */
const firstBackoff = 20;

interface RetryOptions {
  /** How often it is tried in all; default 5. */
  attempts?: number;
  /** As `attempts`, after a unique violation; default as many. */
  attemptsWhenTaken?: number;
}

/**
 * Runs `work` in a transaction and commits it. When another transaction got in the way, it is rolled back
 * and run again from the start, at most `attempts` times in all, so `work` must not have effects outside the
 * transaction. Every other error is thrown at once, as is the last one.
 */
export async function retryTransaction<Result>(
  sequelize: Sequelize,
  work: (transaction: Transaction) => Promise<Result>,
  { attempts = 5, attemptsWhenTaken = attempts }: RetryOptions = {},
): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sequelize.transaction(work);
    } catch (error) {
      const most = databaseErrorCode(error) === '23505' ? attemptsWhenTaken : attempts;
      if (attempt >= most || !mayPass(error)) throw error;
      // Jitter, so that two that collided do not collide again in step.
      await delay(Math.random() * firstBackoff * 2 ** (attempt - 1));
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof HotspotsError) return error.code === 'AUDIT_CONCURRENT_WRITE';
  return passingStates.has(databaseErrorCode(error) ?? '');
}
