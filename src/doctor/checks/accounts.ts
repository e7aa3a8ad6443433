import { Op } from 'sequelize';
import { automatedUser, User } from '../../records/index.ts';
import type { Check, Finding } from '../check.ts';

const kinds = ['system', 'scraper'] as const;
const mend = 'npm run manage -- users ensure';

/** The users as whom the program and spiders write: they are there, and nobody can sign in as them. */
export const automatedUsers: Check = {
  name: 'automated-users',
  needsTables: true,
  run: async () => await Promise.all(kinds.map(lookAt)),
};

async function lookAt(kind: (typeof kinds)[number]): Promise<Finding> {
  const { email } = automatedUser(kind);
  const user = await User.findOne({ where: { email } });
  if (user === null) {
    const message = `The ${kind} user ${email} does not exist yet; its first write creates it.`;
    return { level: 'notice', message, mend };
  }
  if (user.isActive || user.passwordHash !== null) {
    const why = user.isActive ? 'is active' : 'has a password';
    const message = `The ${kind} user ${email} ${why}: somebody could write in its name.`;
    return { level: 'problem', message, mend };
  }
  return { level: 'ok', message: `The ${kind} user ${email} exists, and nobody can sign in as it.` };
}

/** Whether somebody can sign in, and somebody can give others the right to. */
export const signInCheck: Check = {
  name: 'sign-in',
  needsTables: true,
  run: async () => {
    const automated = [automatedUser('system').email, automatedUser('scraper').email];
    const people = await User.findAll({ where: { email: { [Op.notIn]: automated } } });
    const able = people.filter(({ isActive, passwordHash }) => isActive && passwordHash !== null);
    if (able.some(({ role }) => role === 'admin'))
      return [{ level: 'ok', message: `People who can sign in: ${able.length}, an admin among them.` }];
    const mend = 'npm run hotspots -- user create you@example.org --role=admin';
    if (people.length === 0)
      return [{ level: 'notice', message: 'Nobody can use the pages yet: there are no users.', mend }];
    const whom = able.length === 0 ? 'Nobody can sign in' : 'No admin can sign in';
    return [
      {
        level: 'problem',
        message: `${whom}: the ${people.length} users are inactive, have no password, or have other roles.`,
        mend: `${mend}; or for one who is there: user activate, user password, user role`,
      },
    ];
  },
};
