import { hash } from '@node-rs/argon2';
import { describe, expect, test } from 'vitest';
import { checkPassword, hashPassword, isOutdatedHash, isPassword } from '../../src/accounts/passwords.ts';

const ana = { email: 'ana.lovelace@example.org' };

describe('a password', () => {
  test.each([
    ['', 'it has 0 characters; at least 12 are needed'],
    ['eleven char', 'it has 11 characters; at least 12 are needed'],
    ['x'.repeat(1025), 'it has 1025 characters; at most 1024 are allowed'],
    ['abababababababab', 'it repeats a few characters'],
    ['ana.lovelace@example.org', 'it is little more than'],
    ['Ana.Lovelace12', 'it is little more than'],
    ['passwordpassword', 'it is little more than'],
    ['Password1234', 'it is little more than'],
    ['123456789012', 'it is little more than'],
    ['qwertyuiop12', 'it is little more than'],
    ['hotspots-admin', 'it is little more than'],
  ])('%j is refused', (password, problem) => {
    expect(() => checkPassword(password, ana)).toThrow(
      expect.objectContaining({ code: 'PASSWORD_REFUSED', message: expect.stringContaining(problem) }),
    );
  });

  test.each(['blue cows on the moon', 'zwölf kühe 🐄🐄🐄', 'correct horse battery staple', 'k3#9fQw!z0Lm'])(
    '%j is taken',
    (password) => {
      expect(() => checkPassword(password, ana)).not.toThrow();
    },
  );

  test('is kept as argon2id with the recommended parameters and a salt of its own', async () => {
    const [one, other] = [
      await hashPassword('blue cows on the moon'),
      await hashPassword('blue cows on the moon'),
    ];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(other).not.toBe(one);
    expect(isOutdatedHash(one)).toBe(false);
    expect(await isPassword('blue cows on the moon', one)).toBe(true);
    expect(await isPassword('blue cows on the moon ', one)).toBe(false);
  });

  test('with weaker parameters is recognised, to be hashed anew', async () => {
    expect(isOutdatedHash(await hash('blue cows on the moon', { memoryCost: 4096, timeCost: 1 }))).toBe(true);
  });

  test('is never that of somebody without one, and finding out takes as long', async () => {
    const known = await hashPassword('blue cows on the moon');
    await isPassword('', null);
    const took = async (passwordHash: string | null) => {
      const times = [];
      for (let n = 0; n < 7; n += 1) {
        const start = performance.now();
        expect(await isPassword('another password', passwordHash)).toBe(false);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[3] ?? 0;
    };
    const ratio = (await took(null)) / (await took(known));
    expect(ratio).toBeGreaterThan(0.3);
    expect(ratio).toBeLessThan(3);
  });
});
