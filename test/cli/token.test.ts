import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findApiToken, listApiTokens } from '../../src/accounts/api-tokens.ts';
import { createUser } from '../../src/accounts/users.ts';
import { withSystemActor } from '../../src/audit/actors.ts';
import type { Database } from '../../src/database/open-database.ts';
import { bindModels } from '../../src/models.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  await withSystemActor(() =>
    createUser({ email: 'ana@example.org', role: 'editor', password: 'blue cows on the moon' }),
  );
});
afterAll(() => database.close());

const token = (...args: string[]) => runCli(['token', ...args], { DATABASE_URL: database.url });
const create = (...args: string[]) => token('create', 'ana@example.org', '--name=map', ...args);

describe('hotspots token', () => {
  test('makes a token whose secret is shown once, lists it, and ends it', async () => {
    const made = await create('--scope=read', '--scope=write', '--days=7');
    const [, id = '', secret = ''] =
      /^Token (\d+), good until \d{4}-.*\. Its secret, shown only now:\n(hs_[\w-]{43})\n$/.exec(
        made.stdout,
      ) ?? [];
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(await findApiToken(database.sequelize, secret)).toMatchObject({
      id,
      scopes: ['read', 'write'],
      user: { email: 'ana@example.org' },
    });

    const listed = await token('list');
    expect(listed.stdout).toMatch(/^TOKEN +USER +FOR +SCOPES +GOOD UNTIL/);
    expect(listed.stdout).toMatch(new RegExp(`^ *${id} +ana@example\\.org +map +read write +\\d{4}-`, 'm'));
    expect(listed.stdout).not.toContain(secret.slice(3, 20));
    const [row] = JSON.parse((await token('list', 'Ana@example.org', '--json')).stdout);
    expect(row).toMatchObject({ id, email: 'ana@example.org', name: 'map', revokedAt: null });
    expect(days(row.createdAt, row.expiresAt)).toBeCloseTo(7);

    expect(await token('revoke', id)).toMatchObject({ code: 0, stdout: `Token ${id} is revoked.\n` });
    expect(await findApiToken(database.sequelize, secret)).toBeNull();
  });

  test('may only read when nothing else is said, and says what is wrong', async () => {
    const answers = await Promise.all([create(), create('--scope=all'), token('revoke', '999999')]);
    expect(answers.map(({ code, stdout, stderr }) => [code, stdout === '', stderr.split('.')[0]])).toEqual([
      [0, false, ''],
      [2, true, '--scope must be one of read, write, review, admin; given: "all"'],
      [2, true, 'There is no token 999999'],
    ]);
    const token90 = (await listApiTokens(database.sequelize)).at(-1);
    expect(token90?.scopes).toEqual(['read']);
    expect(days(token90?.createdAt, token90?.expiresAt)).toBeCloseTo(90);
  });
});

function days(from: Date | string | undefined, until: Date | string | undefined): number {
  return (Number(new Date(until ?? '')) - Number(new Date(from ?? ''))) / (24 * 60 * 60 * 1000);
}
