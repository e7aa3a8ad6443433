import { tokenScopes } from '../../../accounts/api-token.ts';
import { createApiToken } from '../../../accounts/create-api-token.ts';
import { choice } from '../arguments/choice.ts';
import { usageError } from '../arguments/parse-arguments.ts';
import { wholeNumber } from '../arguments/whole-number.ts';
import { type Command, exitCodes } from '../command.ts';
import { showTime } from '../terminal/show-time.ts';
import { writeOutput } from '../terminal/write-output.ts';
import { withDatabase } from '../with-database.ts';

const usualDays = 90;

/** `hotspots token create`: lets a program use the API as a user. */
export const create: Command = {
  name: 'token create',
  summary: 'Makes a token by which a program uses the API as a user',
  usage: 'EMAIL --name=TEXT [--scope=SCOPE …] [--days=N]',
  options: {
    name: { type: 'string', value: 'TEXT', help: 'what it is for, for people' },
    scope: {
      type: 'string',
      multiple: true,
      value: 'SCOPE',
      help: `${tokenScopes.join(', ')}; read if not given. The user’s role limits it further`,
    },
    days: { type: 'string', value: 'N', help: `how long it is good for; ${usualDays} if not given` },
  },
  positionals: 1,
  examples: [
    [
      'npm run hotspots -- token create ana@example.org --name="map of the week" --scope=read --scope=write',
      'Prints the secret, once',
    ],
  ],
  run: async (given) => {
    const [email] = given.positionals;
    const name = given.text('name');
    if (email === undefined) throw usageError('token create', 'An e-mail address is needed.');
    if (name === undefined || name.length > 100)
      throw usageError('token create', 'A name of at most 100 characters is needed: --name=TEXT.');
    const scopes = given
      .texts('scope')
      .flatMap((scope) => choice('token create', '--scope', scope, tokenScopes) ?? []);
    const days =
      wholeNumber('token create', '--days', given.text('days'), { min: 1, max: 3650 }) ?? usualDays;
    const token = await withDatabase(({ sequelize }) =>
      createApiToken(sequelize, { email, name, scopes: scopes.length > 0 ? scopes : ['read'], days }),
    );
    await writeOutput(
      `Token ${token.id}, good until ${showTime(token.expiresAt)}. Its secret, shown only now:\n${token.secret}`,
    );
    return exitCodes.done;
  },
};
