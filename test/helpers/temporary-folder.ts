import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { inject } from 'vitest';

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** A new folder that other accounts may enter, removed with all it holds when disposed of or after the run. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  // With a space, because people have them in their paths.
  const folder = await mkdtemp(path.join(inject('testRun').folder, 'some files '));
  await chmod(folder, 0o755);
  return {
    path: folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}
