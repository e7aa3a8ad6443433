import { QueryTypes, type Sequelize } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { User } from '../models/user.ts';
import { isPassword } from './password.ts';

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
  const address = email.trim().toLowerCase().slice(0, 254);
  const seconds = await lockedFor(sequelize, address);
  if (seconds > 0) {
    throw new HotspotsError(
      'SIGN_IN_FAILED',
      `There were too many failed attempts with this address. Try again in ${Math.ceil(seconds / 60)} min.`,
    );
  }
  const user = address.includes('\0') ? null : await User.findOne({ where: { email: address } });
  const isRight = await isPassword(password, user?.isActive === true ? user.passwordHash : null);
  if (user === null || !isRight) {
    await noteFailure(sequelize, address.replaceAll('\0', ''));
    throw new HotspotsError('SIGN_IN_FAILED', 'E-mail address and password do not belong together.');
  }
  await sequelize.query('DELETE FROM sign_in_failures WHERE email = $1', { bind: [address] });
  return user;
}

async function lockedFor(sequelize: Sequelize, email: string): Promise<number> {
  const [row] = await sequelize.query<{ seconds: number }>(
    `SELECT extract(epoch FROM locked_until - now())::float8 AS seconds FROM sign_in_failures
     WHERE email = $1 AND locked_until > now()`,
    { bind: [email.replaceAll('\0', '')], type: QueryTypes.SELECT },
  );
  return row?.seconds ?? 0;
}

async function noteFailure(sequelize: Sequelize, email: string): Promise<void> {
  await sequelize.query(
    `INSERT INTO sign_in_failures AS known (email, failures, last_at) VALUES ($1, 1, now())
     ON CONFLICT (email) DO UPDATE SET
       failures = known.failures + 1, last_at = now(),
       locked_until = CASE WHEN known.failures + 1 >= ${freeFailures} THEN
         now() + make_interval(secs => least(${longestLockSeconds},
           ${firstLockSeconds} * 2 ^ least(known.failures + 1 - ${freeFailures}, 10))) END`,
    { bind: [email] },
  );
}
