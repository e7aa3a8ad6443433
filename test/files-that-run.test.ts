import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../src/database/open-database.ts';
import { compileCache } from './helpers/compile-cache.ts';
import { createTestDatabase } from './helpers/test-database.ts';

/** In how many files of the program functions may run during one call, once all is loaded. */
const limits = { placeUpdate: 18, newItem: 45, patch: 35 } as const;

const filesSchema = z.record(z.enum(['placeUpdate', 'newItem', 'patch']), z.array(z.string()));

let database: Database;
let files: z.infer<typeof filesSchema>;

beforeAll(async () => {
  database = await createTestDatabase();
  const program = path.resolve(import.meta.dirname, 'fixtures/files-that-run.ts');
  const child = spawn(process.execPath, [program, database.url], {
    env: { PATH: process.env.PATH, ...compileCache() },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  files = filesSchema.parse(JSON.parse(await text(child.stdout)));
  const counts = Object.entries(files).map(([call, ran]) => `${call} ${ran.length}`);
  process.stdout.write(`Files in which functions run: ${counts.join(', ')}\n`);
}, 600_000);
afterAll(() => database.close());

test.each([
  ['an update of a place by the system user', 'placeUpdate'],
  ['writing a new item of a page to its row and log entry', 'newItem'],
  ['PATCH /api/v1/places/:id', 'patch'],
] as const)('%s runs through few files', (_, call) => {
  expect(files[call].length, files[call].join('\n')).toBeLessThanOrEqual(limits[call]);
  expect(files[call]).toContain('src/audit/record/hooks.ts');
});
