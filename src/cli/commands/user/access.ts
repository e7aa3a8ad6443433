import { changeAccess } from '../../../accounts/change-access.ts';
import { withSystemActor } from '../../../audit/index.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText } from '../terminal/safe-text.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots user activate` and `hotspots user deactivate`. */
export const activate = accessCommand('activate', true);
export const deactivate = accessCommand('deactivate', false);

function accessCommand(word: string, isActive: boolean): Command {
  const name = `user ${word}`;
  return {
    name,
    summary: isActive ? 'Lets a user sign in again' : 'Keeps a user out, and signs the user out everywhere',
    usage: 'EMAIL',
    options: {},
    positionals: 1,
    examples: [
      [
        `npm run hotspots -- ${name} ben@example.org`,
        isActive ? 'Ben can sign in again' : 'Ben cannot sign in any more; what he wrote stays his',
      ],
    ],
    run: async (given) => {
      const [email] = given.positionals;
      if (email === undefined) throw usageError(name, 'An e-mail address is needed.');
      const user = await withDatabase(({ sequelize }) =>
        withSystemActor(() => changeAccess(sequelize, email, { isActive })),
      );
      await writeOutput(
        safeText(`${user.email} ${isActive ? 'can sign in again' : 'cannot sign in any more'}.`),
      );
      return exitCodes.done;
    },
  };
}
