import { changePassword } from '../../../accounts/change-password.ts';
import { findUser, refuseAutomated } from '../../../accounts/find-user.ts';
import { withSystemActor } from '../../../audit/index.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText } from '../terminal/safe-text.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';
import { readPassword } from './read-password.ts';

/** `hotspots user password`: gives a user another password. */
export const password: Command = {
  name: 'user password',
  summary: 'Gives a user another password, and signs the user out everywhere',
  usage: 'EMAIL [--password-file=FILE]',
  options: {
    'password-file': {
      type: 'string',
      value: 'FILE',
      help: 'its first line is the password; - is stdin. Otherwise it is asked for',
    },
  },
  positionals: 1,
  examples: [['npm run hotspots -- user password ana@example.org', 'Asks for the password, twice']],
  run: async (given) => {
    const [email] = given.positionals;
    if (email === undefined) throw usageError('user password', 'An e-mail address is needed.');
    refuseAutomated(email);
    return withDatabase(async ({ sequelize }) => {
      // Before a password is asked for that would be for nobody.
      await findUser(email);
      const secret = await readPassword('user password', given.text('password-file'));
      await withSystemActor(() => changePassword(sequelize, email, secret));
      await writeOutput(safeText(`${email} has a new password and is signed out everywhere.`));
      return exitCodes.done;
    });
  },
};
