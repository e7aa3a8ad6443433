import { hash } from '@node-rs/argon2';
import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isOutdatedHash, isPassword } from '../../src/accounts/passwords.ts';
import { signIn } from '../../src/accounts/sign-in.ts';
import { createUser } from '../../src/accounts/users.ts';
import { withSystemActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import { bindModels } from '../../src/models.ts';
import { User } from '../../src/records/user.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const email = 'ana@example.org';
const password = 'blue cows on the moon';

beforeAll(async () => {
  await bindModels(database);
  await withSystemActor(() => createUser({ email, role: 'viewer', password }));
});
beforeEach(async () => {
  await sequelize.query('DELETE FROM sign_in_failures');
});
afterAll(() => database.close());

const attempt = (secret: string, address = email) =>
  signIn(sequelize, address, secret).then(
    () => 'in',
    (error: Error) => error.message,
  );
const failures = () =>
  sequelize.query<{ email: string; failures: number; seconds: number | null }>(
    `SELECT email, failures, extract(epoch FROM locked_until - last_at)::int AS seconds FROM sign_in_failures
     ORDER BY email`,
    { type: QueryTypes.SELECT },
  );
const unlock = () => sequelize.query("UPDATE sign_in_failures SET locked_until = now() - interval '1 s'");

describe('signing in', () => {
  test('takes the e-mail address however it is capitalised or pasted', async () => {
    expect((await signIn(sequelize, ' Ana@Example.ORG\n', password)).email).toBe(email);
  });

  test('forgets earlier failures, and those of others that are a day old', async () => {
    await attempt('wrong', 'old@example.org');
    await sequelize.query("UPDATE sign_in_failures SET last_at = now() - interval '25 hours'");
    await attempt('wrong', 'new@example.org');
    await attempt('wrong');
    expect(await attempt(password)).toBe('in');
    expect((await failures()).map((row) => row.email)).toEqual(['new@example.org']);
  });

  test('hashes a password anew that was hashed with weaker parameters, as its owner, and masks it', async () => {
    const weak = await hash(password, { memoryCost: 4096, timeCost: 1 });
    await withSystemActor(() => User.update({ passwordHash: weak }, { where: { email } }));
    const user = await signIn(sequelize, email, password);
    expect(isOutdatedHash(user.passwordHash ?? '')).toBe(false);
    expect(await isPassword(password, user.passwordHash)).toBe(true);
    const entry = await LogEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });
    expect(entry).toMatchObject({ actorEmail: email, changes: { passwordHash: ['********', '********'] } });
  });
});

describe('guesses', () => {
  test('are refused after five, for twice as long with each further one, up to an hour', async () => {
    for (let n = 0; n < 4; n += 1) await attempt('wrong');
    const locks = [];
    for (let n = 0; n < 8; n += 1) {
      await attempt('wrong');
      locks.push((await failures())[0]?.seconds);
      expect(await attempt(password)).toMatch(/^Too many failed attempts .* Try again in \d+ min\.$/);
      await unlock();
    }
    expect(locks).toEqual([60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(await attempt(password)).toBe('in');
  });

  test('are not more when they are sent at once', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => attempt(`guess number ${n}`)));
    const made = answers.filter((answer) => answer === 'Wrong e-mail address or password.');
    expect(made).toHaveLength(5);
  });

  test.each([
    ['with a NUL character', 'a\0b@example.org'],
    ['of nothing else', '\0'],
    ['of nothing', ''],
    ['of 5,000 characters', 'x'.repeat(5000)],
  ])('of an address %s are refused', async (_what, address) => {
    expect(await attempt(password, address)).toBe('Wrong e-mail address or password.');
  });
});
