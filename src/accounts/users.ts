import { Op, type Sequelize, type Transaction, UniqueConstraintError } from 'sequelize';
import { z } from 'zod';
import { config } from '../config.ts';
import { HotspotsError } from '../errors.ts';
import { type Role, User } from '../records/index.ts';
import { checkPassword, endSessions, hashPassword } from './passwords.ts';

/**
 * The user with an e-mail address, however it is capitalised.
 *
 * @throws HotspotsError USER_UNKNOWN
 */
export async function findUser(email: string, transaction?: Transaction): Promise<User> {
  const user = await User.findOne({
    where: { email: email.toLowerCase() },
    ...(transaction && { transaction, lock: transaction.LOCK.UPDATE }),
  });
  if (user !== null) return user;
  throw new HotspotsError(
    'USER_UNKNOWN',
    `There is no user ${JSON.stringify(email)}. Those there are: npm run hotspots -- user list.`,
  );
}

/**
 * Refuses to make the system or the scraper user somebody who can sign in.
 *
 * @throws HotspotsError USER_AUTOMATED
 */
export function refuseAutomated(email: string): void {
  const automated = [config.scraperActorEmail, config.systemActorEmail];
  if (!automated.some((each) => each.toLowerCase() === email.toLowerCase())) return;
  throw new HotspotsError(
    'USER_AUTOMATED',
    `${email} is the author of what the program itself writes. It can have no password, no role and no access.`,
  );
}

/**
 * Changes a user’s role, or lets the user in or keeps the user out, as the actor of the surrounding context.
 * Who is kept out is signed out everywhere.
 *
 * @throws HotspotsError USER_UNKNOWN, USER_AUTOMATED, LAST_ADMIN
 */
export async function changeAccess(
  sequelize: Sequelize,
  email: string,
  change: { role: Role } | { isActive: boolean },
): Promise<User> {
  refuseAutomated(email);
  return await sequelize.transaction(async (transaction) => {
    const admins = await lockAdmins(transaction);
    const user = await findUser(email, transaction);
    const staysAdmin = 'role' in change ? change.role === 'admin' : change.isActive;
    if (!staysAdmin && admins.includes(user.id) && admins.length === 1) throw lastAdmin(user);
    await user.update(change, { transaction });
    if (!user.isActive) await endSessions(sequelize, user.id, transaction);
    return user;
  });
}

/** The active admins, locked before anybody else is, so that two admins who remove each other take turns. */
async function lockAdmins(transaction: Transaction): Promise<readonly string[]> {
  const admins = await User.findAll({
    where: { role: 'admin', isActive: true },
    order: [['id', 'ASC']],
    lock: transaction.LOCK.UPDATE,
    transaction,
  });
  return admins.map(({ id }) => id);
}

function lastAdmin({ email }: User): HotspotsError {
  return new HotspotsError(
    'LAST_ADMIN',
    `${email} is the only active admin: without one, nobody could give roles. Make another admin first: ` +
      'npm run hotspots -- user role EMAIL admin.',
  );
}

/** Whether anybody can sign in. */
export async function canAnybodySignIn(): Promise<boolean> {
  return (await User.count({ where: { isActive: true, passwordHash: { [Op.ne]: null } } })) > 0;
}

export interface NewUser {
  email: string;
  role: Role;
  /** The e-mail address when it is left out. */
  username?: string | undefined;
  password: string;
}

/**
 * Makes somebody who can sign in, as the actor of the surrounding context.
 *
 * @throws HotspotsError USAGE for an e-mail address that is none; USER_EXISTS, USER_AUTOMATED, PASSWORD_REFUSED
 */
export async function createUser({ email, role, username, password }: NewUser): Promise<User> {
  const address = email.toLowerCase();
  if (!z.email().max(254).safeParse(address).success) {
    throw new HotspotsError(
      'USAGE',
      `An e-mail address looks like ana@example.org; given: ${JSON.stringify(email.slice(0, 300))}.`,
    );
  }
  refuseAutomated(address);
  checkPassword(password, { email: address });
  const passwordHash = await hashPassword(password);
  try {
    return await User.create({ email: address, username: username ?? address, role, passwordHash });
  } catch (error) {
    if (!(error instanceof UniqueConstraintError)) throw error;
    throw new HotspotsError(
      'USER_EXISTS',
      `There is a user with the e-mail address or name ${address} already. To change the password: ` +
        `npm run hotspots -- user password ${address}.`,
      { cause: error },
    );
  }
}

/**
 * Gives a user another password, as the actor of the surrounding context, and signs the user out everywhere.
 *
 * @param exceptSession the hash of a session that stays
 * @throws HotspotsError USER_UNKNOWN, USER_AUTOMATED, PASSWORD_REFUSED
 */
export async function changePassword(
  sequelize: Sequelize,
  email: string,
  password: string,
  exceptSession: Buffer | null = null,
): Promise<void> {
  refuseAutomated(email);
  checkPassword(password, { email });
  const passwordHash = await hashPassword(password);
  await sequelize.transaction(async (transaction) => {
    const user = await findUser(email, transaction);
    await user.update({ passwordHash }, { transaction });
    await endSessions(sequelize, user.id, transaction, exceptSession);
  });
}
