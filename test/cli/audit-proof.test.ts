import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { tamper } from '../audit/proof/tamper.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { DATABASE_URL: database.url };
  const crawled = await runCli(['crawl', '--spider=events'], environment);
  expect(crawled.stderr).toContain('sample town');
});
afterAll(() => database.close());

const audit = (...args: string[]) => runCli(['audit', ...args], environment);
describe('hotspots audit seal and audit verify', () => {
  test('end with code 0 when the log explains the tables and the seals hold', async () => {
    const plain = await audit('verify');
    expect(plain.stdout).toMatch(/^MODEL +ENTRIES +ROWS +PROBLEMS$/m);
    expect(plain.stdout).toMatch(/^Event +18 +18 +0$/m);
    expect(plain.stdout).toMatch(/^The log explains every row\.$/m);
    expect(plain).toMatchObject({ code: 0, stderr: '' });

    const sealed = await audit('seal');
    expect(sealed.stdout).toMatch(
      /^Seal 1: #1 to #\d+, entries: \d+\.\nLast seal's hash; .*:\n[0-9a-f]{64}\n$/,
    );
    expect(sealed.code).toBe(0);
    const again = JSON.parse((await audit('seal', '--json')).stdout);
    expect(again).toMatchObject({
      seals: [],
      openWriters: [],
      last: { id: '1', entryCount: expect.any(Number) },
    });
    expect(sealed.stdout).toContain(again.last.hash);

    const verified = await audit('verify', '--seals', `--expect=${again.last.hash}`);
    expect(verified.stdout).toMatch(/^What was sealed is as it was sealed\.$/m);
    expect(verified.stdout).toContain(again.last.hash);
    expect(verified.code).toBe(0);
  });

  test('end with code 3 and name row and field when the table was changed outside the log', async () => {
    await tamper(
      database.sequelize,
      'ALTER TABLE events DISABLE TRIGGER USER',
      `UPDATE events SET name = E'Hacked \\x1b[2J' WHERE name = 'Fog Film Night'`,
      'ALTER TABLE events ENABLE TRIGGER USER',
    );
    const { stdout, code } = await audit('verify', '--model=event');
    expect(stdout).toMatch(/^Event \d+ +name +value-differs +Fog Film Night +Hacked \\u\{1b\}\[2J +#\d+$/m);
    expect(stdout).toMatch(/^value-differs: The row holds another value/m);
    expect(stdout).toMatch(/^1 problem\.$/m);
    expect(stdout).not.toMatch(/^Place/m);
    expect(code).toBe(3);
    const json = JSON.parse((await audit('verify', '--since=7d', '--json')).stdout);
    expect(json.log).toMatchObject({ problems: 1, unregistered: [], firstProblems: [{ field: 'name' }] });
    expect(json.seals).toBeNull();
  });

  test('end with code 3 when an entry was altered after it was sealed', async () => {
    await tamper(database.sequelize, `UPDATE log_entries SET actor_email = 'eve@example.org' WHERE id = 2`);
    const { stdout, code } = await audit('verify', '--model=User', '--seals');
    expect(stdout).toMatch(/^The log explains every row\.$/m);
    expect(stdout).toMatch(/^ +1 +#1 to #\d+ +entries-differ +\d+ +\d+$/m);
    expect(code).toBe(3);
  });

  test('end with code 3 while somebody is writing to the log longer than they wait', async () => {
    const open = await database.sequelize.transaction();
    await database.sequelize.query('LOCK TABLE log_entries IN ROW EXCLUSIVE MODE', { transaction: open });
    const { stdout, code } = await audit('seal', '--wait=0');
    expect(stdout).toMatch(
      /^Nothing was sealed: still writing to the log after 0 s:\n {2}server process \d+ \(hotspots\), since /,
    );
    expect(code).toBe(3);
    await open.rollback();
  });

  test.each([
    [['verify', '--model=Evnt'], /^No registered model has the name "Evnt"\. Did you mean Event\? /],
    [['verify', '--since=yesterday'], /^--since must be a span/],
    [
      ['verify', '--seals', '--expect=abc'],
      /^--expect must be a seal's hash, 64 hexadecimal digits; given: "abc"\./,
    ],
    [['verify', `--expect=${'0'.repeat(64)}`], /^--expect is about the seals: give --seals too\./],
    [['seal', '--wait=soon'], /^--wait must be a whole number/],
  ])('end with code 2 and one line for %j', async (args, message) => {
    const { code, stderr, stdout } = await audit(...args);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
