import path from 'node:path';
import { expect, test } from 'vitest';
import { tryLock, waitForLock } from '../../../src/database/embedded/file-lock.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { TestProgram } from '../../helpers/test-program.ts';

const program = 'database/hold-lock.ts';

test('an exclusive lock keeps out other processes and this one, until it is released', async () => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'a.lock');
  const holder = new TestProgram(program, { parameters: [file, 'exclusive'] });
  expect(await holder.answer()).toBe('held');
  expect(tryLock(file, 'exclusive')).toBeUndefined();
  expect(tryLock(file, 'shared')).toBeUndefined();

  await holder.finish();
  using lock = tryLock(file, 'exclusive');
  expect(lock).toBeDefined();
  expect(tryLock(file, 'exclusive')).toBeUndefined();
});

test('a shared lock lets others share and keeps exclusive ones out, also within one process', async () => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'a.lock');
  const first = tryLock(file, 'shared');
  const second = tryLock(file, 'shared');
  const other = new TestProgram(program, { parameters: [file, 'shared'] });
  expect(await other.answer()).toBe('held');

  first?.release();
  await other.finish();
  expect(tryLock(file, 'exclusive')).toBeUndefined();
  second?.release();
  using exclusive = tryLock(file, 'exclusive');
  expect(exclusive).toBeDefined();
});

test('a lock ends with its process, also by kill -9, and who waits gets it', async () => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'a.lock');
  const holder = new TestProgram(program, { parameters: [file, 'exclusive'] });
  await holder.answer();
  const waiting = waitForLock(file, 'exclusive', 20_000);
  await holder.kill();
  using lock = await waiting;
  expect(lock).toBeDefined();
});

test('waiting has an end', async () => {
  await using folder = await temporaryFolder();
  const file = path.join(folder.path, 'a.lock');
  using _lock = tryLock(file, 'exclusive');
  await expect(waitForLock(file, 'exclusive', 100)).rejects.toThrow('still holds');
});

test('a lock file that cannot be made is an error, not a lock that others hold', async () => {
  await using folder = await temporaryFolder();
  expect(() => tryLock(path.join(folder.path, 'missing', 'a.lock'), 'shared')).toThrow(
    'cannot be read and written',
  );
});
