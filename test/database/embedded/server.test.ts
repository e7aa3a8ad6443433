import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findPostmaster, stopPostmaster } from '../../../src/database/embedded/postmaster.ts';
import { runExecutable } from '../../../src/database/embedded/run-program.ts';
import { type TemporaryFolder, temporaryFolder } from '../../helpers/temporary-folder.ts';
import { TestProgram } from '../../helpers/test-program.ts';
import { waitFor } from '../../helpers/wait-for.ts';

const program = 'database/use-embedded.ts';

function use(storage: string): TestProgram {
  return new TestProgram(program, { parameters: [storage] });
}

function dataOf(storage: string): string {
  return path.join(storage, 'postgres', 'data');
}

function serverPid(storage: string): number {
  const postmaster = findPostmaster(dataOf(storage));
  if (postmaster === undefined) throw new Error('No server runs');
  return postmaster.pid;
}

describe('an empty folder', () => {
  test('serves two processes that start at the same time, from one server', async () => {
    await using folder = await temporaryFolder();
    const [first, second] = [use(folder.path), use(folder.path)];
    const ports = await Promise.all([first.answer(), second.answer()]);
    expect(ports[0]).toBe(ports[1]);

    await first.ask('CREATE TABLE marks AS SELECT 1 AS mark');
    expect(await second.ask('SELECT mark FROM marks')).toEqual([{ mark: 1 }]);
    expect(await Promise.all([first.finish('release'), second.finish('release')])).toEqual([0, 0]);
    expect(findPostmaster(dataOf(folder.path))).toBeUndefined();
  });

  test('recovers from a kill in the middle of making the database', async () => {
    await using folder = await temporaryFolder();
    const unfinished = () =>
      readdirSync(path.join(folder.path, 'postgres')).filter((entry) => entry.startsWith('data-unfinished-'));
    const killed = use(folder.path);
    await waitFor('initdb is at work', async () => {
      const made = await stat(path.join(folder.path, 'postgres')).catch(() => undefined);
      return made !== undefined && unfinished().length > 0;
    });
    await killed.kill();
    expect(unfinished()).toHaveLength(1);

    const next = use(folder.path);
    await next.answer();
    expect(await next.ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(unfinished()).toEqual([]);
    expect(await next.finish('release')).toBe(0);
  });
});

describe('a folder with a database', () => {
  let folder: TemporaryFolder;
  let storage: string;

  beforeAll(async () => {
    folder = await temporaryFolder();
    storage = folder.path;
    const maker = use(storage);
    await maker.answer();
    await maker.ask('CREATE TABLE marks (mark int)');
    await maker.finish('release');
  });

  // A failed test must not leave its server to the next one.
  afterEach(() => stopPostmaster(dataOf(storage)));
  afterAll(() => folder[Symbol.asyncDispose]());

  test('keeps its server as long as one of several processes uses it, and stops it with the last', async () => {
    const crawl = use(storage);
    const port = await crawl.answer();
    const review = use(storage);
    expect(await review.answer()).toBe(port);
    const pid = serverPid(storage);

    expect(await crawl.finish('release')).toBe(0);
    expect(await review.ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(serverPid(storage)).toBe(pid);

    expect(await review.finish('release')).toBe(0);
    // Z: ended, and only waiting for the machine's first process to notice.
    const state = (await runExecutable('ps', ['-o', 'stat=', '-p', String(pid)])).stdout.trim();
    expect(state).toMatch(/^(Z.*)?$/);
  });

  test('has its data after a kill -9 of the server and of all who used it', async () => {
    const [crawl, review] = [use(storage), use(storage)];
    await Promise.all([crawl.answer(), review.answer()]);
    await crawl.ask('INSERT INTO marks VALUES (7)');
    process.kill(serverPid(storage), 'SIGKILL');
    await Promise.all([crawl.kill(), review.kill()]);

    const next = use(storage);
    await next.answer();
    expect(await next.ask('SELECT mark FROM marks WHERE mark = 7')).toEqual([{ mark: 7 }]);
    expect(await next.finish('release')).toBe(0);
    expect(findPostmaster(dataOf(storage))).toBeUndefined();
  });

  test('takes over the server of a process that was killed, and stops it', async () => {
    const killed = use(storage);
    const port = await killed.answer();
    const pid = serverPid(storage);
    await killed.kill();
    expect(serverPid(storage)).toBe(pid);

    const next = use(storage);
    expect(await next.answer()).toBe(port);
    expect(serverPid(storage)).toBe(pid);
    expect(await next.finish('release')).toBe(0);
    expect(findPostmaster(dataOf(storage))).toBeUndefined();
  });

  test('stops its server when its last user exits without releasing it', async () => {
    const careless = use(storage);
    await careless.answer();
    expect(await careless.finish('exit')).toBe(0);
    await waitFor('the server ends', () => findPostmaster(dataOf(storage)) === undefined);
  });

  test('keeps its server for others when one user exits without releasing it', async () => {
    const [careless, careful] = [use(storage), use(storage)];
    await Promise.all([careless.answer(), careful.answer()]);
    expect(await careless.finish('exit')).toBe(0);
    expect(await careful.ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await careful.finish('release')).toBe(0);
  });

  test('survives many processes that come and go at the same time', async () => {
    const rounds = Array.from({ length: 4 }, async () => {
      for (let round = 0; round < 3; round++) {
        const visitor = use(storage);
        await visitor.answer();
        expect(await visitor.ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
        expect(await visitor.finish('release')).toBe(0);
      }
    });
    await Promise.all(rounds);
    expect(findPostmaster(dataOf(storage))).toBeUndefined();
  });

  test('gets another port when a stranger has taken the old one, and keeps its port otherwise', async () => {
    const portFile = path.join(storage, 'postgres', 'port');
    const oldPort = (await readFile(portFile, 'utf8')).trim();
    const same = use(storage);
    expect(await same.answer()).toBe(oldPort);
    await same.finish('release');

    await using stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(Number(oldPort), '127.0.0.1', resolve));
    const other = use(storage);
    const newPort = await other.answer();
    expect(newPort).not.toBe(oldPort);
    expect((await readFile(portFile, 'utf8')).trim()).toBe(newPort);
    expect(await other.finish('release')).toBe(0);
  });

  test('is not open to others: password for its owner only, no address but the loopback, no socket', async () => {
    const user = use(storage);
    await user.answer();
    expect((await stat(path.join(storage, 'postgres', 'password'))).mode & 0o077).toBe(0);
    expect(await user.ask('SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await user.ask('SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    expect(await user.ask(`SELECT DISTINCT auth_method FROM pg_hba_file_rules`)).toEqual([
      { auth_method: 'scram-sha-256' },
    ]);
    await user.finish('release');
  });

  test('can be trusted with data: waits for the disk, keeps UTF-8, counts in UTC', async () => {
    const user = use(storage);
    await user.answer();
    const settings = `SELECT current_setting('fsync') AS fsync, current_setting('timezone') AS timezone,
      (SELECT pg_encoding_to_char(encoding) || ' ' || datlocale FROM pg_database WHERE datname = current_database()) AS text`;
    expect(await user.ask(settings.replaceAll('\n', ' '))).toEqual([
      { fsync: 'on', timezone: 'UTC', text: 'UTF8 C.UTF-8' },
    ]);
    await user.finish('release');
  });
});
