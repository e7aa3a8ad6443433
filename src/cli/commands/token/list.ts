import { listApiTokens } from '../../../accounts/list-api-tokens.ts';
import { type Command, exitCodes } from '../command.ts';
import { showTime } from '../terminal/show-time.ts';
import { terminalWidth } from '../terminal/terminal-width.ts';
import { textTable } from '../terminal/text-table.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots token list`: who has tokens, and what they may be used for. */
export const list: Command = {
  name: 'token list',
  summary: 'Lists the tokens of the API, without their secrets',
  usage: '[EMAIL] [--json]',
  options: { json: { type: 'boolean', help: 'one JSON array on stdout' } },
  positionals: 1,
  examples: [['npm run hotspots -- token list', 'All of them']],
  run: async (given) => {
    const tokens = await withDatabase(({ sequelize }) => listApiTokens(sequelize, given.positionals[0]));
    if (given.flag('json')) await writeOutput(JSON.stringify(tokens));
    else if (tokens.length === 0) await writeOutput('No tokens.');
    else {
      await writeOutput(
        textTable(
          [
            { title: 'TOKEN', align: 'right' },
            { title: 'USER' },
            { title: 'FOR', flexible: true },
            { title: 'SCOPES' },
            { title: 'GOOD UNTIL' },
            { title: 'LAST USED', spare: true },
          ],
          tokens.map(({ id, email, name, scopes, expiresAt, lastUsedAt, revokedAt }) => [
            id,
            email,
            name,
            scopes.join(' '),
            revokedAt !== null
              ? 'revoked'
              : expiresAt.getTime() < Date.now()
                ? 'expired'
                : showTime(expiresAt),
            lastUsedAt === null ? 'never' : showTime(lastUsedAt),
          ]),
          terminalWidth(),
        ),
      );
    }
    return exitCodes.done;
  },
};
