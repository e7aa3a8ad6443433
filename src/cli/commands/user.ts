import { changeAccess, changePassword, createUser, findUser, refuseAutomated } from '../../accounts/users.ts';
import { withSystemActor } from '../../audit/index.ts';
import { roles, User } from '../../records/user.ts';
import { choice, usageError } from '../arguments.ts';
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

/** `hotspots user list`. */
export const list: Command = {
  name: 'user list',
  summary: 'Lists the users, their roles, and who can sign in',
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'one JSON object on stdout' } },
  positionals: 0,
  examples: [['npm run hotspots -- user list', 'All users, by e-mail address']],
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
