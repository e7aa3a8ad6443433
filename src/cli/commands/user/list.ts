import { User } from '../../../records/user.ts';
import { type Command, exitCodes } from '../command.ts';
import { showTime } from '../terminal/show-time.ts';
import { terminalWidth } from '../terminal/terminal-width.ts';
import { textTable } from '../terminal/text-table.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

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
