import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HotspotsError } from '../errors.ts';
import { log } from '../log.ts';
import type { EmbeddedPlace } from './embedded-place.ts';
import { findPostmaster, isPostmasterFileMisleading, type Postmaster } from './postmaster.ts';
import { programEnvironment } from './run-program.ts';

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
