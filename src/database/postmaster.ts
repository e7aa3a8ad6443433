import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { programEnvironment } from './run-program.ts';

/** What a running PostgreSQL server says about itself in its data folder. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: 'starting' | 'ready' | 'stopping';
}

/**
 * The server that runs on a data folder; undefined when none does. Reads `postmaster.pid`
 * (PostgreSQL, src/include/utils/pidfile.h) and does not trust it: after a crash the file stays behind, and
 * its process id may belong to another program by now.
 */
export function findPostmaster(data: string): Postmaster | undefined {
  const lines = readLines(path.join(data, 'postmaster.pid'));
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !runsOn(pid, data)) return undefined;
  const status = lines[7]?.trim();
  return {
    pid,
    port: Number(lines[3]),
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  };
}

/** Whether `postmaster.pid` names a process that lives but is not the server. PostgreSQL would not start then. */
export function isPostmasterFileMisleading(data: string): boolean {
  const pid = Number(readLines(path.join(data, 'postmaster.pid'))[0]);
  return Number.isSafeInteger(pid) && pid > 0 && commandLine(pid) !== '' && !runsOn(pid, data);
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch (error) {
    // ESRCH: the process ended between opening and reading its file in /proc.
    if (error instanceof Error && 'code' in error && /^(ENOENT|ESRCH)$/.test(String(error.code))) return [];
    throw error;
  }
}

/** Whether the process is a server on that folder. The children of a server do not have `-D` in their titles. */
function runsOn(pid: number, data: string): boolean {
  return commandLine(pid).includes(` -D ${data} `);
}

/** Empty for a process that does not exist, or has ended and only waits for its parent to notice. */
function commandLine(pid: number): string {
  if (process.platform === 'linux') return readLines(`/proc/${pid}/cmdline`).join('\n').replaceAll('\0', ' ');
  // In the C locale, ps would write other letters than ASCII in a code of its own.
  const env = { ...programEnvironment, LC_ALL: 'en_US.UTF-8' };
  return spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { env, encoding: 'utf8' }).stdout;
}
