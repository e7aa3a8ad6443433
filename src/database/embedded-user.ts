import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HotspotsError } from '../errors.ts';
import { runProgram, type SystemUser } from './run-program.ts';

/**
 * The account that must run the embedded server: PostgreSQL refuses to run as root. Undefined when this
 * process is not root, and then runs it as itself. Otherwise it is the owner of `folder` (or of the nearest
 * folder above it that exists), so that the same checkout works with and without sudo; if that is root, the
 * account `postgres`, which is made when the machine has none.
 * @throws HotspotsError EMBEDDED_POSTGRES_FAILED when the account cannot be made
 */
export async function embeddedUser(folder: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await ownerOf(folder);
  // initdb wants an account with a name, which the owner of a folder from another machine may lack.
  if (owner.uid !== 0 && (await runProgram('id', ['-un', String(owner.uid)])).code === 0) return owner;
  return (await findUser('postgres')) ?? makeUser('postgres');
}

async function ownerOf(folder: string): Promise<SystemUser> {
  for (let current = folder; ; current = path.dirname(current)) {
    const stats = await stat(current).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (stats !== undefined) return { uid: stats.uid, gid: stats.gid };
  }
}

/** The numbers of the account with that name; undefined when there is none. */
export async function findUser(name: string): Promise<SystemUser | undefined> {
  const [uid, gid] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Makes an account without home and login shell. Only root may. */
export async function makeUser(name: string): Promise<SystemUser> {
  const result = await runProgram('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--shell=/bin/false',
    name,
  ]).catch((error: unknown) => ({
    code: null,
    stderr: error instanceof Error ? error.message : String(error),
  }));
  // Read back even after a failure: a process started at the same time may have made it first.
  const user = await findUser(name);
  if (user !== undefined) return user;
  throw new HotspotsError(
    'EMBEDDED_POSTGRES_FAILED',
    `PostgreSQL does not run as root, and the account "${name}" for it could not be made: ` +
      `${result.stderr.trim()}. Make it by hand, or start as an ordinary user, or set DATABASE_URL.`,
  );
}
