import { chown, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { HotspotsError } from '../errors.ts';
import { embeddedUser } from './embedded-user.ts';
import type { SystemUser } from './run-program.ts';

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
