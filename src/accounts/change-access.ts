import { Op, type Sequelize, type Transaction } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { type Role, User } from '../records/user.ts';
import { endSessions } from './end-sessions.ts';
import { findUser, refuseAutomated } from './find-user.ts';

/**
 * Gives a user another role, or lets the user in or keeps the user out, as the actor of the surrounding context.
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
