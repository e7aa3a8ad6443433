import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Migration } from './migration.ts';

export interface MigrationFile {
  /** The file name without `.ts`: what `schema_migrations` remembers. */
  readonly name: string;
  readonly path: string;
  load(): Promise<Migration>;
}

const fileName = /^\d{4}-[a-z0-9-]+\.ts$/;

/** The files `NNNN-name.ts` of a folder, in the order of their numbers. A missing folder is an empty one. */
export async function listMigrations(
  folder = path.join(import.meta.dirname, 'migrations'),
): Promise<MigrationFile[]> {
  const entries = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => fileName.test(entry))
    .sort()
    .map((entry) => {
      const file = path.join(folder, entry);
      return { name: path.parse(entry).name, path: file, load: () => loadMigration(file) };
    });
}

async function loadMigration(file: string): Promise<Migration> {
  const module: unknown = await import(pathToFileURL(file).href);
  if (!isMigration(module)) throw new TypeError(`${file} must export a function "up"`);
  return module;
}

function isMigration(module: unknown): module is Migration {
  return typeof module === 'object' && module !== null && 'up' in module && typeof module.up === 'function';
}
