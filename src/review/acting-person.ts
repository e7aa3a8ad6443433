import { resolveAutomatedActor } from '../audit/index.ts';
import { config } from '../config.ts';
import { HotspotsError } from '../errors.ts';
import { User } from '../models/user.ts';

/**
 * Who acts on the command line: the user with this e-mail, else the one that HOTSPOTS_USER names, else the system
 * user.
 *
 * @throws HotspotsError USER_UNKNOWN, USER_INACTIVE
 */
export async function actingPerson(given?: string): Promise<User> {
  const email = (given ?? config.userEmail)?.toLowerCase();
  if (email === undefined) return await systemUser();
  const user = await User.findOne({ where: { email } });
  if (user === null) {
    throw new HotspotsError(
      'USER_UNKNOWN',
      `There is no user ${JSON.stringify(email)}. Those there are: npm run hotspots -- user list.`,
    );
  }
  if (!user.isActive) {
    throw new HotspotsError(
      'USER_INACTIVE',
      `The user ${email} is deactivated and cannot act. Name another one, or activate this one: ` +
        `npm run hotspots -- user activate ${email}.`,
    );
  }
  return user;
}

async function systemUser(): Promise<User> {
  const { id, email } = await resolveAutomatedActor('system');
  const user = id === null ? null : await User.findByPk(id);
  if (user === null)
    throw new HotspotsError('USER_UNKNOWN', `The system user ${email} is gone. Start again.`);
  return user;
}
