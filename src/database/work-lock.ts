import type { Sequelize } from 'sequelize';
import { tryLockInSession } from './advisory-lock.ts';
import { openSession } from './session.ts';

/** Says that this process, and no other on the same database, does a piece of work. Disposing it lets others do it. */
export interface WorkLock extends AsyncDisposable {
  /** Aborts when the lock is lost, with the error as reason: another process may do the work from then on. */
  readonly lost: AbortSignal;
}

/**
 * Takes a piece of work. When the process dies, however it dies, the work becomes free by itself.
 *
 * @param work what tells this work from other work, the same in every process
 * @returns null when another process does it
 */
export async function lockWork(sequelize: Sequelize, work: string): Promise<WorkLock | null> {
  const session = await openSession(sequelize);
  try {
    if (!(await tryLockInSession(session, `work ${work}`))) {
      await session.end();
      return null;
    }
  } catch (error) {
    await session.end();
    throw error;
  }
  const lost = new AbortController();
  session.on('error', (error) => lost.abort(error));
  return { lost: lost.signal, [Symbol.asyncDispose]: () => session.end() };
}
