import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** An account of this machine. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProgramResult {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The only variables PostgreSQL's programs see: a PGPORT or PGDATA meant for another server, or a locale that
 * this machine lacks, must not change what they do.
 */
export const programEnvironment = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/**
 * Runs a program to its end, as another user if one is given (only root may).
 * @throws the error of the operating system when it cannot be started, with a `code` such as EACCES
 */
export async function runExecutable(
  program: string,
  parameters: readonly string[],
  user?: SystemUser,
): Promise<ProgramResult> {
  const child = spawn(program, parameters, {
    // A folder that every user can enter, unlike the current one.
    cwd: '/',
    env: programEnvironment,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}
