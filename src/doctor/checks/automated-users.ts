import { automatedUser, User } from '../../records/user.ts';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

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
    const message = `The ${kind} user ${email} is not there yet; its first write makes it.`;
    return { level: 'notice', message, mend };
  }
  if (user.isActive || user.passwordHash !== null) {
    const why = user.isActive ? 'is active' : 'has a password';
    const message = `The ${kind} user ${email} ${why}: somebody could come to write in its name.`;
    return { level: 'problem', message, mend };
  }
  return { level: 'ok', message: `The ${kind} user ${email} is there, and nobody can sign in as it.` };
}
