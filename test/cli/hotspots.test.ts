import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import vm from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { runHere } from './helpers/run-here.ts';

const entryFile = path.resolve(import.meta.dirname, '../../src/cli/hotspots.cjs');
const systemNode = '/usr/bin/node';
const hasOldNode =
  existsSync(systemNode) &&
  Number.parseInt(execFileSync(systemNode, ['--version'], { encoding: 'utf8' }).slice(1), 10) < 26;

describe('the program on a Node that is too old', () => {
  test('is plain JavaScript as far as the line that says so', () => {
    const written: string[] = [];
    const oldProcess = {
      versions: { node: '18.20.0' },
      version: 'v18.20.0',
      exitCode: 0,
      stderr: { write: (text: string) => written.push(text) },
    };
    vm.runInNewContext(readFileSync(entryFile, 'utf8'), { process: oldProcess });
    expect(oldProcess.exitCode).toBe(1);
    expect(written.join('')).toMatch(/^hotspots needs Node 26 or newer; this is v18\.20\.0\. .*npm run.*\n$/);
  });

  test.skipIf(!hasOldNode)('ends with one line and code 1 (skipped without an old system Node)', () => {
    let failure: unknown;
    try {
      execFileSync(systemNode, [entryFile, 'crawl'], { encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ status: 1, stdout: '' });
    expect(failure).toHaveProperty(
      'stderr',
      expect.stringMatching(/^hotspots needs Node 26 or newer; .*\n$/),
    );
  });
});

describe('what Node has compiled', () => {
  const help = (environment: Record<string, string>) =>
    spawnSync(process.execPath, [entryFile, '--help'], { encoding: 'utf8', env: environment });

  test("is kept for the next command in the user's cache folder", async () => {
    await using folder = await temporaryFolder();
    expect(help({ HOME: folder.path })).toMatchObject({ status: 0, stderr: '' });
    expect(globSync('.cache/hotspots/compiled/*/*', { cwd: folder.path }).length).toBeGreaterThan(10);
    expect(help({ XDG_CACHE_HOME: path.join(folder.path, 'other') })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(globSync('other/hotspots/compiled/*/*', { cwd: folder.path }).length).toBeGreaterThan(10);
  });

  test.each([
    ['there is no such folder', {}],
    ['it cannot be written', { XDG_CACHE_HOME: '/dev/null' }],
    ['it is named by a relative path', { XDG_CACHE_HOME: 'cache' }],
  ])('is not kept when %s, and the command works all the same', (_, environment) => {
    expect(help(environment)).toMatchObject({
      status: 0,
      stderr: '',
      stdout: expect.stringMatching('Usage:'),
    });
    expect(existsSync('cache')).toBe(false);
  });
});

test('every file of the program is an ES module: package.json of the project alone says what files are', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  expect(globSync('{crawlers,pipelines,src,test}/**/package.json', { cwd: root })).toEqual([]);
});

// Nothing may be opened for a command that cannot run: this address would fail with code 1.
const unreachable = vi.hoisted(() => {
  process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';
  return process.env.DATABASE_URL;
});

describe('wrong usage', () => {
  test('ends the program with one line and code 2', async () => {
    const result = await runCli(['crwl'], { DATABASE_URL: unreachable });
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/^There is no command "crwl"\. Did you mean crawl\? See: [^\n]*\n$/);
  });

  test.each([
    [['crwl'], /^There is no command "crwl"\. Did you mean crawl\? See: /],
    [['zzz'], /^There is no command "zzz"\. Commands are crawl, .*spiders, .*\. See: /],
    [['crawl'], /^--spider=NAME is missing\. Spiders are events, places\. See: /],
    [['crawl', '--spider=event'], /^There is no spider "event"\. Did you mean events\? /],
    [
      ['crawl', '--spidr=events'],
      /^crawl has no option --spidr\. Did you mean --spider\? See: .*crawl --help$/,
    ],
    [
      ['crawl', '--source=sample-event'],
      /^There is no source "sample-event"\. Did you mean sample-events\? /,
    ],
    [
      ['crawl', '--spider=places', '--source=sample-events'],
      /^The source sample-events belongs to the spider events/,
    ],
    [
      ['crawl', '--spider=events', '--limit=0'],
      /^--limit must be a whole number from 1 to \d+; given: "0"\./,
    ],
    [['crawl', '--spider=events', '--limit=1e3'], /^--limit must be a whole number .*; given: "1e3"\./],
    [
      ['crawl', '--spider=events', '--url=ftp://a.example'],
      /^--url must be an http or https address; given: /,
    ],
    [
      ['crawl', '--spider=events', '--url=https://me:secret@a.example'],
      /^--url must not hold a user name or password: (?!.*secret)/,
    ],
    [
      ['crawl', '--spider=events', '--url=https://a.example', '--time-zone=EDT'],
      /^--time-zone must be an IANA name/,
    ],
    [
      ['crawl', '--spider=events', '--url=https://a.example', '--country=UK'],
      /^--country must be an ISO 3166-1 code/,
    ],
    [['crawl', '--spider=events', '--country=US'], /^--country goes with --url or --archive/],
    [['crawl', '--source=a', '--url=https://a.example'], /^--source and --url exclude each other/],
    [['crawl', '--spider=events', 'now'], /^"now" is one word too many\./],
    [['review', 'last'], /^RUN must be a number such as 12; given: "last"\./],
    [['review', '5', '--field=name'], /^A run, and filters or formats, exclude each other\. .*--run=5\./],
    [['review', '--since=soon'], /^--since must be a span such as 30m, .*; given: "soon"\./],
    [
      ['review', '--action=updat'],
      /^--action must be one of create, update, delete, access; .* Did you mean update\?/,
    ],
    [['review', '--run=0'], /^--run must be a number/],
    [['review', '5', '--format=csv'], /^A run, and filters or formats, exclude each other\. .*--run=5\./],
    [['review', '--run=5', '--format=xml'], /^--format must be one of csv, jsonl; given: "xml"\./],
    [
      ['review', '--runs', '--field=name'],
      /^There is no filter --field\. Filters of runs are --actor, --spider, /,
    ],
    [['review', '--flagged', '--run=5'], /^There is no filter --run\. /],
    [['review', '--kind=crwl'], /^--kind must be one of crawl, undo, import, command; given: "crwl"\./],
    [['review', 'show'], /^show needs the number of a change: review show 4711\./],
    [['review', 'good'], /^good needs the number of a run, or --change=ID\./],
    [['review', 'bad', '5', '--change=7'], /^bad needs the number of a run, or --change=ID\./],
    [['undo'], /^Say what is to be undone: --run=ID, --change=ID, /],
    [['undo', '--run=first'], /^--run must be a number/],
    [['undo', '--plan=7', '--run=5'], /^--plan and --run exclude each other\./],
    [['undo', '--change=7', '--actor=a@example.org'], /^--change and --actor exclude each other\./],
    [['history', 'Place'], /^A kind of record and an id are needed: history Place 192\./],
    [['history', 'Place', '1', '--as-of=soon'], /^--as-of must be a span such as 30m/],
    [['holds', '--release=one'], /^--release must be a number such as 12; given: "one"\./],
    [['suggestions', '--accept=1', '--dismiss-all'], /^Accept or dismiss, not both at once\./],
    [
      ['release', 'Place', '1'],
      /^A kind of record, an id and a field are needed: release Place 192 telephone\./,
    ],
    [['spiders', '--jsn'], /^spiders has no option --jsn\. Did you mean --json\? /],
  ])('%j is answered with one line and code 2', async (args, line) => {
    const result = await runHere(args);
    expect(result.stderr.trimEnd()).toMatch(line);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(result).toMatchObject({ code: 2, stdout: '' });
  });

  test('without any word shows the help on stderr', async () => {
    const result = await runHere([]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain('Usage: npm run hotspots -- COMMAND');
  });
});

describe('help', () => {
  test.each([
    ['--help'],
    ['crawl', '--help'],
    ['review', '--help'],
    ['undo', '--help'],
    ['history', '--help'],
    ['holds', '--help'],
    ['suggestions', '--help'],
    ['release', '--help'],
    ['resume', '--help'],
    ['--help'],
  ])('%s %s has usage and examples, and needs no database', async (...args) => {
    const result = await runHere(args);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^Usage: npm run hotspots -- /m);
    expect(result.stdout).toMatch(/^Examples:\n {2}npm run /m);
  });
});

describe('a failure', () => {
  test.skipIf(!existsSync('/dev/full'))('is one line and code 1 when the output cannot be written', () => {
    const result = spawnSync('sh', ['-c', `exec "$0" "$1" --help > /dev/full`, process.execPath, entryFile], {
      encoding: 'utf8',
    });
    expect(result.status).toBe(1);
    expect(result.stderr).toMatch(/^The output cannot be written: .*ENOSPC.*\n$/);
  });

  test('is one line and code 1 when the database does not answer', async () => {
    const result = await runCli(['review'], { DATABASE_URL: 'postgres://nobody:secret@127.0.0.1:1/none' });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(/^No connection to the database .*127\.0\.0\.1:1/);
    expect(result.stderr).not.toContain('secret');
  });
});

describe('hotspots spiders', () => {
  // No database is made for a list of what is in files.
  const environment = { HOTSPOTS_STORAGE: path.join(tmpdir(), 'hotspots-without-storage') };

  test('lists spiders and sources with their limits', async () => {
    const result = await runCli(['spiders'], environment);
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(result.stdout).toMatch(/^events +event +Events from any site/m);
    expect(result.stdout).toMatch(
      /^sample-places +places +http:\/\/sample\.hotspots\.example\/places\/ +America\/New_York/m,
    );
    expect(existsSync(environment.HOTSPOTS_STORAGE)).toBe(false);
  });

  test('gives one JSON object', async () => {
    const { stdout } = await runCli(['spiders', '--json'], environment);
    expect(JSON.parse(stdout)).toMatchObject({
      spiders: [{ name: 'events', pipeline: 'event' }, { name: 'places' }],
      sources: [
        { name: 'sample-events', sample: true, limits: { depth: 3 }, paused: null },
        { name: 'sample-places' },
      ],
    });
  });

  test('lists them also when no database says which are paused', async () => {
    const result = await runCli(['spiders'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(result.stdout).toMatch(/^sample-places +places /m);
    expect(result.stderr).toMatch(/^Which sources are paused is not known\. No connection to the database/);
    expect(result.code).toBe(0);
  });
});
