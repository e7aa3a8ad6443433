import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** A new folder that others may enter, removed with all it holds when disposed of. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  // With a space, because people have them in their paths.
  const folder = await mkdtemp(path.join(tmpdir(), 'hotspots files '));
  await chmod(folder, 0o755);
  return {
    path: folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}
