import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { HotspotsError } from '../../errors.ts';

const sourceName = /(?<!\.d)\.[cm]?[jt]sx?$/;

/**
 * The TypeScript and JavaScript files below the given folders, and the given files themselves; sorted,
 * each once. Left out: node_modules, folders whose names begin with a dot, declaration files, links.
 *
 * @throws HotspotsError USAGE for a path that does not exist.
 */
export async function listSourceFiles(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const given of paths) {
    const start = path.resolve(given);
    if ((await kindOf(start, given)) === 'file') {
      found.add(start);
      continue;
    }
    const folders = [start];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        const full = path.join(folder, entry.name);
        // Links are not followed: they may lead in circles or out of the project.
        if (entry.isFile() && sourceName.test(entry.name)) found.add(full);
        if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
          folders.push(full);
        }
      }
    }
  }
  return [...found].sort();
}

async function kindOf(full: string, given: string): Promise<'file' | 'folder'> {
  try {
    return (await stat(full)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw new HotspotsError('USAGE', `There is no file or folder ${JSON.stringify(given)}.`, {
      cause: error,
    });
  }
}
