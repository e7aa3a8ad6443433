import type { Sequelize } from 'sequelize';
import { endSessions } from './end-sessions.ts';
import { findUser, refuseAutomated } from './find-user.ts';
import { checkPassword, hashPassword } from './password.ts';

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
