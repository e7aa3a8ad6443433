import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chown, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HotspotsError } from '../../errors.ts';
import { log } from '../../log.ts';
import type { EmbeddedPlace } from './location.ts';
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

/** Crash recovery replays up to `max_wal_size`, which takes minutes on a slow disk. In milliseconds. */
const startPatience = 600_000;
/**
 * How long to try again while the port is taken, or the processes of a killed server have not noticed yet that
 * they should end. In milliseconds.
 */
const retryPatience = 30_000;
/** From this size on, in bytes, the log starts anew and the old one is kept once. */
const longestLog = 10 * 1024 * 1024;
const pollInterval = 20;

/** The server on a data folder that is ready, after waiting for one that starts or stops; undefined when none. */
export async function settledPostmaster(data: string): Promise<Postmaster | undefined> {
  const deadline = performance.now() + startPatience;
  for (;;) {
    const postmaster = findPostmaster(data);
    if (postmaster === undefined || postmaster.status === 'ready') return postmaster;
    if (performance.now() > deadline) throw patienceError(data);
    await delay(pollInterval);
  }
}

/**
 * Starts the server on a data folder, apart from this process so that it outlives it, and waits until it takes
 * connections. The caller must have the turn, and no server may be running there.
 * @param program PostgreSQL's `postgres`
 * @param settings of PostgreSQL by name, above those in postgresql.conf
 * @throws HotspotsError EMBEDDED_POSTGRES_FAILED with the end of the log
 */
export async function startPostmaster(
  place: EmbeddedPlace,
  program: string,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster> {
  if (isPostmasterFileMisleading(place.data))
    await rm(path.join(place.data, 'postmaster.pid'), { force: true });
  const logFile = path.join(place.folder, 'server.log');
  const portFile = path.join(place.folder, 'port');
  await rotateLog(logFile);

  let port = (await readPort(portFile)) ?? (await freePort());
  const deadline = performance.now() + retryPatience;
  for (;;) {
    const logStart = await fileSize(logFile);
    const child = await spawnServer(place, program, logFile, {
      ...settings,
      port: String(port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
    });
    const postmaster = await waitUntilReady(place.data, child);
    if (postmaster !== undefined) {
      await writeFile(portFile, `${port}\n`);
      if (place.user !== undefined) await chown(portFile, place.user.uid, place.user.gid);
      return postmaster;
    }
    const output = (await readFile(logFile)).subarray(logStart).toString();
    const portIsTaken = /could not (bind|create any TCP\/IP sockets)/.test(output);
    const folderIsTaken = /still in use|lock file ".*" already exists/.test(output);
    if (performance.now() > deadline || !(portIsTaken || folderIsTaken)) throw startError(logFile, output);
    if (portIsTaken) port = await freePort();
    else await delay(100);
    // One that a killed process had just begun to start, and that could not be seen yet.
    const other = await settledPostmaster(place.data);
    if (other !== undefined) return other;
  }
}

async function spawnServer(
  { data, user }: EmbeddedPlace,
  program: string,
  logFile: string,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const output = await open(logFile, 'a', 0o600);
  try {
    if (user !== undefined) await chown(logFile, user.uid, user.gid);
    const settingOptions = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(program, ['-D', data, ...settingOptions], {
      // A session of its own: Ctrl-C in the terminal must reach our program, not the server.
      detached: true,
      cwd: '/',
      env: programEnvironment,
      stdio: ['ignore', output.fd, output.fd],
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    await once(child, 'spawn');
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}

/** The server once it takes connections; undefined when it ended instead. */
async function waitUntilReady(data: string, child: ChildProcess): Promise<Postmaster | undefined> {
  const deadline = performance.now() + startPatience;
  while (performance.now() < deadline) {
    const postmaster = findPostmaster(data);
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return postmaster;
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    await delay(pollInterval);
  }
  throw patienceError(data);
}

function patienceError(data: string): HotspotsError {
  return new HotspotsError(
    'EMBEDDED_POSTGRES_FAILED',
    `The embedded database was not ready after ${startPatience / 1000} seconds. It may still be recovering ` +
      `from a crash: see server.log beside ${data}, and start again later.`,
  );
}

function startError(logFile: string, output: string): HotspotsError {
  const lastLines = output.trim().split('\n').slice(-5).join('\n');
  return new HotspotsError(
    'EMBEDDED_POSTGRES_FAILED',
    `The embedded database did not start. The end of ${logFile}:\n${lastLines}\n` +
      'Correct that and start again, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** The port of the last start, so that addresses noted elsewhere stay right as long as it is free. */
async function readPort(file: string): Promise<number | undefined> {
  if ((await fileSize(file)) === 0) return undefined;
  const port = Number(await readFile(file, 'utf8'));
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer().once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => {
      if (typeof address === 'object' && address !== null) resolve(address.port);
      else reject(new TypeError('A listening socket has no port'));
    });
  });
  return promise;
}

async function rotateLog(logFile: string): Promise<void> {
  if ((await fileSize(logFile)) < longestLog) return;
  await rename(logFile, `${logFile}.1`);
  log.info('The log of the embedded database was long and starts anew', { old: `${logFile}.1` });
}

/** In bytes; 0 for a file that does not exist. */
async function fileSize(file: string): Promise<number> {
  const stats = await stat(file).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return stats?.size ?? 0;
}

/** A shutdown writes all changed pages first, which takes a while after a long crawl. In milliseconds. */
const stopPatience = 60_000;
const stopPollInterval = 20;

/** Ends the connections to the server on that data folder and stops it; returns when it has ended. */
export async function stopPostmaster(data: string): Promise<void> {
  askToStop(data);
  const deadline = performance.now() + stopPatience;
  while (findPostmaster(data) !== undefined) {
    if (performance.now() > deadline) {
      log.warn('The embedded database is still stopping; it ends by itself', { folder: data });
      return;
    }
    await delay(stopPollInterval);
  }
}

/** Sends SIGINT, which PostgreSQL calls a fast shutdown, to the server on that data folder, if one runs. */
export function askToStop(data: string): void {
  const postmaster = findPostmaster(data);
  if (postmaster === undefined) return;
  try {
    process.kill(postmaster.pid, 'SIGINT');
  } catch (error) {
    // It ended by itself in between.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return;
    throw error;
  }
}
