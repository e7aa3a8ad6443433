import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPassword } from '../../src/accounts/passwords.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import type { Database } from '../../src/database/open-database.ts';
import { bindModels } from '../../src/models.ts';
import { User } from '../../src/records/user.ts';
import { runCli } from '../helpers/run-cli.ts';
import { hasTerminals, runOnTerminal } from '../helpers/run-on-terminal.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let folder: TemporaryFolder;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  folder = await temporaryFolder();
  environment = { DATABASE_URL: database.url };
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await database.close();
});

const user = (...args: string[]) => runCli(['user', ...args], environment);

async function passwordFile(text: string, name = 'password.txt'): Promise<string> {
  const file = path.join(folder.path, name);
  await writeFile(file, text);
  return `--password-file=${file}`;
}

const find = (name: string) => User.findOne({ where: { email: `${name}@example.org` }, rejectOnEmpty: true });

describe('hotspots user create', () => {
  test('makes somebody who can sign in, recorded as the system’s work without the password', async () => {
    const created = await user(
      'create',
      'Ana@Example.org',
      '--role=admin',
      await passwordFile('blue cows on the moon\nnot this'),
    );
    expect(created).toMatchObject({
      code: 0,
      stdout: 'ana@example.org can sign in now, as admin. The pages: npm run serve\n',
    });
    const ana = await find('ana');
    expect(ana).toMatchObject({ role: 'admin', isActive: true, username: 'ana@example.org' });
    expect(await isPassword('blue cows on the moon', ana.passwordHash)).toBe(true);
    const entry = await LogEntry.findOne({ where: { objectId: ana.id }, rejectOnEmpty: true });
    expect(entry).toMatchObject({
      actorEmail: 'system@vibemap.com',
      changes: { email: [null, 'ana@example.org'], passwordHash: [null, '********'] },
    });
  });

  test('refuses addresses that are none, taken or the program’s own, and passwords that are soon guessed', async () => {
    const good = await passwordFile('blue cows on the moon');
    const create = async (email: string, file: string) => {
      const { code, stdout, stderr } = await user('create', email, '--role=viewer', file);
      return [code, stdout, stderr.split('.')[0]];
    };
    expect(await Promise.all([create('ana', good), create('ana@example.org', good)])).toEqual([
      [2, '', 'An e-mail address looks like ana@example'],
      [1, '', 'There is a user with the e-mail address or name ana@example'],
    ]);
    expect(
      await Promise.all([
        create('Scraper@vibemap.com', good),
        create('ben@example.org', await passwordFile('short\n', 'short.txt')),
        create('ben@example.org', await passwordFile('\nblue cows on the moon\n', 'empty.txt')),
      ]),
    ).toEqual([
      [1, '', 'scraper@vibemap'],
      [1, '', 'The password was rejected: it has 5 characters; at least 12 are needed'],
      [2, '', 'No password was given, so nothing was changed'],
    ]);
  });

  test('says what is missing, and takes no password from the command line', async () => {
    const said = async (...args: string[]) => (await user('create', ...args)).stderr;
    const ben = ['ben@example.org', '--role=viewer'];
    expect(
      await Promise.all([
        said(),
        said('ben@example.org'),
        said('ben@example.org', '--role=boss'),
        said(...ben, '--password-file=/nowhere'),
        said(...ben, '--password=blue cows on the moon'),
      ]),
    ).toEqual([
      expect.stringMatching(/^An e-mail address is needed\./),
      expect.stringMatching(/^A role is needed: --role=viewer, /),
      expect.stringMatching(/^--role must be one of viewer, /),
      expect.stringMatching(/^The password file cannot be read: ENOENT/),
      expect.stringMatching(/^user create has no option --password\./),
    ]);
  });

  describe.skipIf(!hasTerminals)('on a terminal (skipped without the script of util-linux)', () => {
    const create = (name: string, answers: Record<string, string>) =>
      runOnTerminal(['user', 'create', `${name}@example.org`, '--role=editor'], answers, environment);

    test('asks for the password twice and does not show it', async () => {
      const { code, shown } = await create('cleo', {
        'characters): ': 'green cows on mars\n',
        'Again: ': 'green cows on mars\n',
      });
      expect([code, shown]).toEqual([
        0,
        expect.stringContaining('cleo@example.org can sign in now, as editor.'),
      ]);
      expect(shown).not.toContain('green');
      expect(await isPassword('green cows on mars', (await find('cleo')).passwordHash)).toBe(true);
    });

    test.each([
      ['two different ones', 'other cows on mars\n', 'The two passwords differ. Nothing was changed'],
      ['Ctrl-C', '\x03', 'No password was given, so nothing was changed.'],
      ['Ctrl-D', '\x04', 'No password was given, so nothing was changed.'],
      ['the arrow up', '\x1b[A\n', 'The two passwords differ. Nothing was changed'],
    ])('makes nobody after %s', async (_what, typed, message) => {
      const { code, shown } = await create('dora', {
        'characters): ': 'green cows on mars\n',
        'Again: ': typed,
      });
      expect([code, shown]).toEqual([2, expect.stringContaining(message)]);
      expect(await User.count({ where: { email: 'dora@example.org' } })).toBe(0);
    });
  });
});

describe('the other commands for users', () => {
  beforeAll(async () => {
    await user('create', 'eve@example.org', '--role=viewer', await passwordFile('blue cows on the moon'));
  });

  test('give another password', async () => {
    const answer = await user('password', 'eve@example.org', await passwordFile('red cows on venus'));
    expect(answer.stdout).toBe('eve@example.org has a new password and is signed out everywhere.\n');
    expect(await isPassword('red cows on venus', (await find('eve')).passwordHash)).toBe(true);
  });

  test('give another role', async () => {
    expect((await user('role', 'eve@example.org', 'editor')).stdout).toBe(
      'eve@example.org has the role editor now.\n',
    );
    expect((await find('eve')).role).toBe('editor');
    expect(await user('role', 'eve@example.org', 'edtor')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean editor?'),
    });
  });

  test('keep somebody out and let in again', async () => {
    expect((await user('deactivate', 'eve@example.org')).stdout).toBe(
      'eve@example.org cannot sign in any more.\n',
    );
    expect((await find('eve')).isActive).toBe(false);
    expect((await user('activate', 'eve@example.org')).stdout).toBe('eve@example.org can sign in again.\n');
    expect((await find('eve')).isActive).toBe(true);
  });

  test('keep the last admin', async () => {
    for (const words of [
      ['deactivate', 'ana@example.org'],
      ['role', 'ana@example.org', 'editor'],
    ])
      expect(await user(...words)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /^ana@example\.org is the only active admin: .* Make another admin first/,
        ),
      });
  });

  test('leave the automated actors alone, and know whom nobody has made', async () => {
    const answers = await Promise.all([
      user('password', 'scraper@vibemap.com'),
      user('role', 'system@vibemap.com', 'admin'),
      user('activate', 'Scraper@vibemap.com'),
      user('activate', 'nobody@example.org'),
    ]);
    expect(answers.map(({ code, stderr }) => [code, /^.*?\.(?= |$)/m.exec(stderr)?.[0]])).toEqual([
      [1, 'scraper@vibemap.com is the author of what the program itself writes.'],
      [1, 'system@vibemap.com is the author of what the program itself writes.'],
      [1, 'Scraper@vibemap.com is the author of what the program itself writes.'],
      [2, 'There is no user "nobody@example.org".'],
    ]);
  });

  test('list the users without their hashes', async () => {
    const { stdout } = await user('list');
    expect(stdout).toMatch(/^EMAIL +ROLE +SIGNS IN +SINCE\n/);
    expect(stdout).toMatch(/^ana@example\.org +admin +yes +\d{4}-/m);
    expect(stdout).toMatch(/^system@vibemap\.com +viewer +no +\d{4}-/m);
    const { users } = JSON.parse((await user('list', '--json')).stdout);
    expect(users[0]).toEqual({
      email: 'ana@example.org',
      role: 'admin',
      canSignIn: true,
      createdAt: expect.any(String),
    });
  });
});
