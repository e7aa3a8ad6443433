import { changeAccess, changePassword, createUser, findUser, refuseAutomated } from '../../accounts/users.ts';
import { withSystemActor } from '../../audit/index.ts';
import { roles, User } from '../../records/index.ts';
import { choiceOf, usageError } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { readPassword } from '../read-password.ts';
import { safeText, showTime, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { withDatabase } from './options.ts';

/** `hotspots user activate` and `hotspots user deactivate`. */
export const activate = accessCommand('activate', true);
export const deactivate = accessCommand('deactivate', false);

function accessCommand(word: string, isActive: boolean): Command {
  const name = `user ${word}`;
  return {
    usage: 'EMAIL',
    options: {},
    positionals: 1,
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

/** `hotspots user create`: somebody who can sign in to the pages. */
export const userCreate: Command = {
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
    [
      'npm run hotspots -- user create ben@example.org --role=editor < password.txt',
      'The password is the first line of a file',
    ],
  ],
  run: async (given) => {
    const [email] = given.positionals;
    const role = choiceOf('user create', '--role', given.text('role'), roles);
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

/** `hotspots user list`. */
export const userList: Command = {
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
  run: async (given) => {
    const users = await withDatabase(() => User.findAll({ order: [['email', 'ASC']] }));
    const shown = users.map(({ email, role, isActive, passwordHash, createdAt }) => ({
      email,
      role,
      canSignIn: isActive && passwordHash !== null,
      createdAt,
    }));
    await writeOutput(
      given.flag('json')
        ? JSON.stringify({ users: shown })
        : textTable(
            [
              { title: 'EMAIL', flexible: true },
              { title: 'ROLE' },
              { title: 'SIGNS IN' },
              { title: 'SINCE' },
            ],
            shown.map(({ email, role, canSignIn, createdAt }) => [
              email,
              role,
              canSignIn ? 'yes' : 'no',
              showTime(createdAt),
            ]),
            terminalWidth(),
          ),
    );
    return exitCodes.done;
  },
};

/** `hotspots user password`: gives a user another password. */
export const password: Command = {
  usage: 'EMAIL [--password-file=FILE]',
  options: {
    'password-file': {
      type: 'string',
      value: 'FILE',
      help: 'its first line is the password; - is stdin. Otherwise it is asked for',
    },
  },
  positionals: 1,
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

/** `hotspots user role`: what a user may do. */
export const role: Command = {
  usage: `EMAIL ${roles.join('|')}`,
  options: {},
  positionals: 2,
  run: async (given) => {
    const [email, word] = given.positionals;
    const wanted = choiceOf('user role', 'ROLE', word, roles);
    if (email === undefined || wanted === undefined)
      throw usageError('user role', `An e-mail address and a role are needed: ${roles.join(', ')}.`);
    const user = await withDatabase(({ sequelize }) =>
      withSystemActor(() => changeAccess(sequelize, email, { role: wanted })),
    );
    await writeOutput(safeText(`${user.email} has the role ${user.role} now.`));
    return exitCodes.done;
  },
};
