import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Check } from '../check.ts';

const gigabyte = 1e9;
/** Below this PostgreSQL and crawls soon fail, in bytes. */
const leastFree = gigabyte;
const comfortable = 5 * gigabyte;

/** How much what runs leave behind takes, and how much the disk has left. */
export const storage: Check = {
  name: 'storage',
  needsTables: false,
  run: async ({ storageFolder, diskOf }) => {
    const [{ free, size }, used] = await Promise.all([diskOf(storageFolder), sizeOf(storageFolder)]);
    const message = `${storageFolder} takes ${shown(used)}; its disk has ${shown(free)} of ${shown(size)} free`;
    if (free >= comfortable) return [{ level: 'ok', message: `${message}.` }];
    return [
      {
        level: free < leastFree ? 'problem' : 'notice',
        message: `${message}. Without space, crawls and an embedded database fail.`,
        mend: 'Remove archives that are no longer needed, or name a folder on another disk in HOTSPOTS_STORAGE.',
      },
    ];
  },
};

/** What a file, or all in a folder, takes on the disk. What goes away meanwhile, or may not be seen, is left out. */
async function sizeOf(file: string): Promise<number> {
  try {
    const state = await lstat(file);
    if (!state.isDirectory()) return state.blocks * 512;
    let sum = 0;
    for (const name of await readdir(file)) sum += await sizeOf(path.join(file, name));
    return sum;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES'))
      return 0;
    throw error;
  }
}

function shown(bytes: number): string {
  return bytes < gigabyte / 10 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / gigabyte).toFixed(1)} GB`;
}
