import { revokeApiToken } from '../../../accounts/revoke-api-token.ts';
import { idOf } from '../arguments/id-of.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

/** `hotspots token revoke`: ends a token at once. */
export const revoke: Command = {
  name: 'token revoke',
  summary: 'Ends a token of the API at once',
  usage: 'TOKEN',
  options: {},
  positionals: 1,
  examples: [['npm run hotspots -- token revoke 7', 'The number is in: token list']],
  run: async (given) => {
    const id = idOf('token revoke', 'TOKEN', given.positionals[0]);
    if (id === undefined) throw usageError('token revoke', 'The number of a token is needed.');
    await withDatabase(({ sequelize }) => revokeApiToken(sequelize, id));
    await writeOutput(`Token ${id} is revoked.`);
    return exitCodes.done;
  },
};
