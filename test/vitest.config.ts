import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    // Only what hangs is ended: on a loaded machine a test may take many times what it takes otherwise.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // Files wait for the database and for processes of their own most of the time: one per core, not one less.
    maxWorkers: availableParallelism(),
  },
});
