import type { Transaction } from 'sequelize';
import { config } from '../config.ts';
import { HotspotsError } from '../errors.ts';
import { User } from '../records/user.ts';

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
