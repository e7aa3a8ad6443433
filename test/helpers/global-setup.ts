import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { embeddedPlace } from '../../src/database/embedded/location.ts';
import { stopPostmaster } from '../../src/database/embedded/postmaster.ts';
import { joinUsers, withTurn } from '../../src/database/embedded/users.ts';
import { log } from '../../src/log.ts';
import { dropLeftovers, leftoverFolderPrefix, runPrefix } from './leftovers.ts';
import { compileCacheFolder } from './test-run.ts';
import { dropDatabases } from './test-server.ts';

/**
 * Gives the run its folder and names, and cleans up afterwards. The server itself starts with the first test
 * that wants a database, so that runs without one cost nothing.
 */
export default async function globalSetup(project: TestProject): Promise<() => Promise<void>> {
  const serverUrl = process.env.TEST_DATABASE_URL || null;
  const keep = Boolean(process.env.HOTSPOTS_KEEP_TEST_DATABASES);
  await dropLeftovers(serverUrl);

  const folder = await mkdtemp(path.join(tmpdir(), `${leftoverFolderPrefix}${process.pid}-`));
  // Under root the server runs as another user, who must be able to pass.
  await chmod(folder, 0o755);
  // Each test file has a process of its own, which need not compile again what others have.
  process.env.NODE_COMPILE_CACHE = compileCacheFolder(folder);
  const prefix = runPrefix();
  project.provide('testRun', { folder, serverUrl, prefix, keep });

  // Being a user of the server from the beginning keeps it running between test files.
  const place = await embeddedPlace(folder);
  const membership = await withTurn(place, () => joinUsers(place));
  return async () => {
    await membership.leave();
    // A test that was cut off may still count as a user.
    await stopPostmaster(place.data);
    if (keep) {
      log.info('The test databases are kept', { folder, prefix });
      return;
    }
    if (serverUrl !== null) await dropDatabases(serverUrl, (name) => name.startsWith(prefix));
    // Workers may still be writing down what they compiled.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  };
}
