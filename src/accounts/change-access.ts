import { Op, type Sequelize, type Transaction } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { type Role, User } from '../models/user.ts';
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
    const user = await findUser(email, transaction);
    const staysAdmin =
      ('role' in change ? change.role === 'admin' : change.isActive) && user.role === 'admin';
    if (user.role === 'admin' && user.isActive && !staysAdmin) await refuseLastAdmin(user, transaction);
    await user.update(change, { transaction });
    if (!user.isActive) await endSessions(sequelize, user.id, transaction);
    return user;
  });
}

async function refuseLastAdmin({ id, email }: User, transaction: Transaction): Promise<void> {
  // Locked, so that two admins cannot remove each other at once.
  const admins = await User.findAll({
    where: { role: 'admin', isActive: true },
    order: [['id', 'ASC']],
    lock: transaction.LOCK.UPDATE,
    transaction,
  });
  if (admins.some((admin) => admin.id !== id)) return;
  throw new HotspotsError(
    'LAST_ADMIN',
    `${email} is the only active admin: without one, nobody could give roles. Make another admin first: ` +
      'npm run hotspots -- user role EMAIL admin.',
  );
}

/** Whether anybody can sign in. */
export async function canAnybodySignIn(): Promise<boolean> {
  return (await User.count({ where: { isActive: true, passwordHash: { [Op.ne]: null } } })) > 0;
}
