import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { stopPostmaster } from '../../src/database/embedded/postmaster.ts';
import { dropDatabases } from './test-server.ts';

export const leftoverFolderPrefix = 'hotspots-test-';

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const oneDay = 24 * 60 * 60;
const databaseName = /^hotspots_test_(?<host>[0-9a-f]{8})_(?<pid>\d+)_(?<second>\d+)_/;

/** What the names of the databases of this process begin with: its host, its pid, and the second. */
export function runPrefix(): string {
  return `hotspots_test_${host}_${process.pid}_${now()}_`;
}

/** Removes what runs that were killed left behind: folders with their servers, and databases on `serverUrl`. */
export async function dropLeftovers(serverUrl: string | null): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const pid = new RegExp(`^${leftoverFolderPrefix}(\\d+)-`).exec(entry)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = path.join(tmpdir(), entry);
    await stopPostmaster(path.join(folder, 'postgres', 'data'));
    await rm(folder, { recursive: true, force: true });
  }
  if (serverUrl !== null) await dropDatabases(serverUrl, isLeftover);
}

function isLeftover(name: string): boolean {
  const parts = databaseName.exec(name)?.groups;
  if (parts === undefined) return false;
  if (now() - Number(parts.second) > oneDay) return true;
  return parts.host === host && !isAlive(Number(parts.pid));
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
