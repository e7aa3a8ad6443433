import path from 'node:path';

/** What the tests of one run share; made by `global-setup.ts`, read by every test file through vitest. */
export interface TestRun {
  /** A temporary folder of this run, for the embedded server and lock files. */
  readonly folder: string;
  /** TEST_DATABASE_URL: any server on which we may make databases. Null: an embedded one in `folder`. */
  readonly serverUrl: string | null;
  /** What the names of this run's databases begin with. */
  readonly prefix: string;
  /** HOTSPOTS_KEEP_TEST_DATABASES: leave the databases there after the run, to look into them. */
  readonly keep: boolean;
}

/** Where Node keeps what it has compiled in the run that has this folder. */
export function compileCacheFolder(folder: string): string {
  return path.join(folder, 'compile-cache');
}

declare module 'vitest' {
  interface ProvidedContext {
    testRun: TestRun;
  }
}
