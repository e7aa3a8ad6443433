import { changeAccess } from '../../../accounts/change-access.ts';
import { withSystemActor } from '../../../audit/index.ts';
import { roles } from '../../../records/user.ts';
import { choice } from '../arguments/choice.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { safeText } from '../terminal/safe-text.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots user role`: what a user may do. */
export const role: Command = {
  name: 'user role',
  summary: 'Gives a user another role',
  usage: `EMAIL ${roles.join('|')}`,
  options: {},
  positionals: 2,
  examples: [['npm run hotspots -- user role ben@example.org editor', 'Ben may undo changes of fields']],
  run: async (given) => {
    const [email, word] = given.positionals;
    const wanted = choice('user role', 'ROLE', word, roles);
    if (email === undefined || wanted === undefined)
      throw usageError('user role', `An e-mail address and a role are needed: ${roles.join(', ')}.`);
    const user = await withDatabase(({ sequelize }) =>
      withSystemActor(() => changeAccess(sequelize, email, { role: wanted })),
    );
    await writeOutput(safeText(`${user.email} has the role ${user.role} now.`));
    return exitCodes.done;
  },
};
