import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { HotspotsError } from '../../errors.ts';

/** A lock that is held. It ends with `release`, or with the process, however that dies. */
export interface FileLock extends Disposable {
  release(): void;
}

/** Many processes may hold a shared lock at once; an exclusive one excludes all others, shared ones too. */
export type LockMode = 'shared' | 'exclusive';

const beginLock: Readonly<Record<LockMode, string>> = {
  // Reading makes SQLite take its shared lock, and the open transaction keeps it.
  shared: 'BEGIN; SELECT count(*) FROM sqlite_schema',
  exclusive: 'BEGIN EXCLUSIVE',
};

const sqliteBusy = 5;

/**
 * Takes a lock on a file, or gives undefined when others hold it.
 * @param block for how long the whole thread may stand still to wait for them, in milliseconds
 *
 * Node has no file locks of its own, but the SQLite inside it has: POSIX advisory locks, which the kernel
 * takes back when a process dies, so there are no stale locks and no process ids to compare. The file is an
 * empty SQLite database. No code of this process may open it by other means: closing any descriptor of a
 * file drops the process's POSIX locks on it (https://sqlite.org/howtocorrupt.html, section 2.2).
 */
export function tryLock(file: string, mode: LockMode, block = 0): FileLock | undefined {
  const database = openLockFile(file, block);
  try {
    database.exec(beginLock[mode]);
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw lockError(file, error);
  }
  const release = () => {
    if (database.isOpen) database.close();
  };
  return { release, [Symbol.dispose]: release };
}

/**
 * Takes a lock on a file as soon as the others let go.
 * @param patience how long to wait, in milliseconds
 * @throws HotspotsError EMBEDDED_POSTGRES_FAILED when it takes longer
 */
export async function waitForLock(file: string, mode: LockMode, patience: number): Promise<FileLock> {
  const deadline = performance.now() + patience;
  for (;;) {
    const lock = tryLock(file, mode);
    if (lock !== undefined) return lock;
    if (performance.now() > deadline) {
      throw new HotspotsError(
        'EMBEDDED_POSTGRES_FAILED',
        `Another process has been starting or stopping the embedded database for ${patience / 1000} seconds ` +
          `and still holds ${file}. See which process has it open, end it if it hangs, and start again.`,
      );
    }
    await delay(20 + Math.random() * 20);
  }
}

function openLockFile(file: string, timeout: number): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout });
  } catch (error) {
    throw lockError(file, error);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy;
}

function lockError(file: string, error: unknown): HotspotsError {
  return new HotspotsError(
    'PERMISSION_DENIED',
    `The lock file ${file} cannot be read and written: ${error instanceof Error ? error.message : error}. ` +
      'Give this user the right to, or set HOTSPOTS_STORAGE to a folder of its own, or set DATABASE_URL.',
    { cause: error },
  );
}
