import { UniqueConstraintError } from 'sequelize';
import { z } from 'zod';
import { HotspotsError } from '../errors.ts';
import { type Role, User } from '../records/user.ts';
import { refuseAutomated } from './find-user.ts';
import { checkPassword, hashPassword } from './password.ts';

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
