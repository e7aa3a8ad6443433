import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { compileCache } from '../../helpers/compile-cache.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const projectFolder = path.resolve(import.meta.dirname, '../../..');

/**
 * Runs the program in a process of its own and counts what it loads.
 *
 * @returns the exit code, and the files loaded, relative to the project's folder; what is built into Node is left out
 */
export async function loadedModules(args: readonly string[], environment: Record<string, string>) {
  await using folder = await temporaryFolder();
  const list = path.join(folder.path, 'modules.txt');
  const child = spawn(
    process.execPath,
    ['--import', path.join(import.meta.dirname, 'list-modules.ts'), 'src/cli/hotspots.cjs', ...args],
    {
      cwd: projectFolder,
      env: { PATH: process.env.PATH, ...compileCache(), ...environment, MODULES_FILE: list },
      stdio: 'ignore',
    },
  );
  const [code] = await once(child, 'close');
  const urls = (await readFile(list, 'utf8')).split('\n');
  const files = urls
    .filter((url) => url.startsWith('file:'))
    .map((url) => path.relative(projectFolder, new URL(url).pathname));
  return { code, files };
}
