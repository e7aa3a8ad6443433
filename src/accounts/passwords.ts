import { hash, verify } from '@node-rs/argon2';
import type { Sequelize, Transaction } from 'sequelize';
import { HotspotsError } from '../errors.ts';

/** Signs a user out everywhere, but for one session. */
export async function endSessions(
  sequelize: Sequelize,
  userId: string,
  transaction: Transaction,
  exceptHash: Buffer | null = null,
): Promise<void> {
  await sequelize.query('DELETE FROM sessions WHERE user_id = $1 AND ($2::bytea IS NULL OR id_hash <> $2)', {
    bind: [userId, exceptHash],
    transaction,
  });
}

/** Argon2id with the parameters that OWASP's Password Storage Cheat Sheet recommends first (19 MiB, 2 passes). */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** How a hash with these parameters begins, in PHC format. */
const prefix = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},p=${parameters.parallelism}$`;

const shortest = 12;
const longest = 1024;

/** What most guessed passwords are made of (the words of 12 characters and more in lists of leaked ones). */
const worthless = [
  'password',
  'passwort',
  'qwertyuiop',
  'qwerty',
  'asdfghjkl',
  '1234567890',
  '123456',
  'abcdefgh',
  'abcdef',
  'letmein',
  'welcome',
  'iloveyou',
  'changeme',
  'secret',
  'administrator',
  'admin',
  'hotspots',
];

/** A hash in PHC format, with its salt and parameters in it. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, parameters);
}

let absent: Promise<string> | undefined;

/**
 * Whether a password belongs to a hash. Without a hash the answer is no, after the same time: how long it takes
 * must not tell who has a password.
 */
export async function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  absent ??= hashPassword(crypto.randomUUID());
  const isRight = await verify(passwordHash ?? (await absent), password.slice(0, longest));
  return isRight && passwordHash !== null;
}

/** Whether a hash was made with other parameters, so that it should be made anew while the password is known. */
export function isOutdatedHash(passwordHash: string): boolean {
  return !passwordHash.startsWith(prefix);
}

/**
 * Refuses passwords that are soon guessed. There are no rules of composition: length is what counts (NIST SP
 * 800-63B, 5.1.1.2).
 *
 * @throws HotspotsError PASSWORD_REFUSED
 */
export function checkPassword(password: string, { email }: { email: string }): void {
  const [name = ''] = email.split('@');
  const plain = password.toLowerCase();
  const rest = [email, name, ...worthless].reduce(
    (left, word) => left.replaceAll(word.toLowerCase(), ''),
    plain,
  );
  const problem =
    password.length < shortest
      ? `it has ${password.length} characters; at least ${shortest} are needed`
      : password.length > longest
        ? `it has ${password.length} characters; at most ${longest} are allowed`
        : new Set(plain).size < 5
          ? 'it repeats a few characters'
          : rest.length < shortest / 2
            ? 'it is little more than the e-mail address or words that are tried first'
            : null;
  if (problem === null) return;
  throw new HotspotsError(
    'PASSWORD_REFUSED',
    `The password was rejected: ${problem}. A few words that you can remember make a good one.`,
  );
}
