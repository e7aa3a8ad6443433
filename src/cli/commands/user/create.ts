import { createUser } from '../../../accounts/create-user.ts';
import { withSystemActor } from '../../../audit/index.ts';
import { roles } from '../../../records/user.ts';
import { choice } from '../arguments/choice.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText } from '../terminal/safe-text.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';
import { readPassword } from './read-password.ts';

/** `hotspots user create`: somebody who can sign in to the pages. */
export const create: Command = {
  name: 'user create',
  summary: 'Makes a user who can sign in to the pages',
  usage: 'EMAIL --role=ROLE [--password-file=FILE]',
  options: {
    role: {
      type: 'string',
      value: 'ROLE',
      help: `${roles.join(', ')}: each may do what those before it may`,
    },
    username: { type: 'string', value: 'NAME', help: 'the e-mail address if not given' },
    'password-file': {
      type: 'string',
      value: 'FILE',
      help: 'its first line is the password; - is stdin. Otherwise it is asked for',
    },
  },
  positionals: 1,
  examples: [
    ['npm run hotspots -- user create ana@example.org --role=admin', 'Asks for the password, twice'],
    [
      'npm run hotspots -- user create ben@example.org --role=editor < password.txt',
      'The password is the first line of a file',
    ],
  ],
  run: async (given) => {
    const [email] = given.positionals;
    const role = choice('user create', '--role', given.text('role'), roles);
    if (email === undefined) throw usageError('user create', 'An e-mail address is needed.');
    if (role === undefined)
      throw usageError('user create', `A role is needed: --role=${roles.join(', --role=')}.`);
    const password = await readPassword('user create', given.text('password-file'));
    const user = await withDatabase(() =>
      withSystemActor(() => createUser({ email, role, password, username: given.text('username') })),
    );
    await writeOutput(safeText(`${user.email} can sign in now, as ${role}. The pages: npm run serve`));
    return exitCodes.done;
  },
};
