import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';

function run(environment: Record<string, string>): { stdout: string; lines: string[] } {
  const program = path.resolve(import.meta.dirname, '../fixtures/database/log-lines.ts');
  const { stdout, stderr } = spawnSync(process.execPath, [program], { env: environment, encoding: 'utf8' });
  return { stdout, lines: stderr.trimEnd().split('\n') };
}

test('every event is one line on stderr with its fields, and nothing goes to stdout', () => {
  expect(run({})).toEqual({
    stdout: '',
    lines: [
      'read pages=3 site=example.org title="two words"',
      'warn: slow  [31mred id=7',
      'error: stopped error="no disk"',
    ],
  });
});

test('HOTSPOTS_LOG_LEVEL leaves out what is less grave, and a wrong value nothing', () => {
  expect(run({ HOTSPOTS_LOG_LEVEL: 'error' }).lines).toEqual(['error: stopped error="no disk"']);
  expect(run({ HOTSPOTS_LOG_LEVEL: 'silent' }).lines).toEqual(['']);
  expect(run({ HOTSPOTS_LOG_LEVEL: 'loud' }).lines).toHaveLength(3);
});
