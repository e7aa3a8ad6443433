import { QueryTypes, type Sequelize } from 'sequelize';
import { withUserActor } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import { User } from '../records/index.ts';
import { hashPassword, isOutdatedHash, isPassword } from './passwords.ts';

/** So many failures in a row are let pass; each further one locks for twice as long, up to an hour. */
const freeFailures = 5;
const firstLockSeconds = 60;
const longestLockSeconds = 3600;

/**
 * The user whom an e-mail address and a password belong to. After several failures an address is locked for a
 * while, whether a user has it or not.
 *
 * @throws HotspotsError SIGN_IN_FAILED, always with the same words, unless the address is locked
 */
export async function signIn(sequelize: Sequelize, email: string, password: string): Promise<User> {
  const address = email.trim().toLowerCase().replaceAll('\0', '').slice(0, 254);
  await countAttempt(sequelize, address);
  const user = await User.findOne({ where: { email: address } });
  const passwordHash = user?.isActive === true ? user.passwordHash : null;
  const isRight = await isPassword(password, passwordHash);
  if (user === null || passwordHash === null || !isRight)
    throw new HotspotsError('SIGN_IN_FAILED', 'Wrong e-mail address or password.');
  await forgetFailures(sequelize, address);
  if (isOutdatedHash(passwordHash)) await renewHash(user, password, passwordHash);
  return user;
}

/**
 * Counts an attempt as failed before it is made. Counted afterwards, as many guesses as are sent at once would be
 * free.
 */
async function countAttempt(sequelize: Sequelize, email: string): Promise<void> {
  const [counted] = await sequelize.query(
    `INSERT INTO sign_in_failures AS known (email, failures, last_at) VALUES ($1, 1, now())
     ON CONFLICT (email) DO UPDATE SET
       failures = known.failures + 1, last_at = now(),
       locked_until = CASE WHEN known.failures + 1 >= ${freeFailures} THEN
         now() + make_interval(secs => least(${longestLockSeconds},
           ${firstLockSeconds} * 2 ^ least(known.failures + 1 - ${freeFailures}, 10))) END
     WHERE known.locked_until IS NULL OR known.locked_until <= now()
     RETURNING failures`,
    { bind: [email], type: QueryTypes.SELECT },
  );
  if (counted !== undefined) return;
  const [lock] = await sequelize.query<{ minutes: number }>(
    `SELECT ceil(extract(epoch FROM locked_until - now()) / 60)::int AS minutes FROM sign_in_failures
     WHERE email = $1`,
    { bind: [email], type: QueryTypes.SELECT },
  );
  throw new HotspotsError(
    'SIGN_IN_FAILED',
    `Too many failed attempts for this address. Try again in ${Math.max(1, lock?.minutes ?? 1)} min.`,
  );
}

/** Also those of others that are long over: many are of addresses that nobody has, so nobody else clears them. */
async function forgetFailures(sequelize: Sequelize, email: string): Promise<void> {
  await sequelize.query(
    "DELETE FROM sign_in_failures WHERE email = $1 OR last_at < now() - interval '1 day'",
    { bind: [email] },
  );
}

async function renewHash(user: User, password: string, outdated: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  // Not if another password was set meanwhile.
  await withUserActor(user, () =>
    User.update({ passwordHash }, { where: { id: user.id, passwordHash: outdated } }),
  );
  await user.reload();
}
