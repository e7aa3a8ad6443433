import { createApiToken, listApiTokens, revokeApiToken, tokenScopes } from '../../accounts/api-tokens.ts';
import { choiceOf, idOf, usageError, wholeNumber } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { showTime, terminalWidth, writeOutput } from '../terminal.ts';
import { textTable } from '../text-table.ts';
import { withDatabase } from './options.ts';

const usualDays = 90;

/** `hotspots token create`: lets a program use the API as a user. */
export const tokenCreate: Command = {
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
  run: async (given) => {
    const [email] = given.positionals;
    const name = given.text('name');
    if (email === undefined) throw usageError('token create', 'An e-mail address is needed.');
    if (name === undefined || name.length > 100)
      throw usageError('token create', 'A name of at most 100 characters is needed: --name=TEXT.');
    const scopes = given
      .texts('scope')
      .flatMap((scope) => choiceOf('token create', '--scope', scope, tokenScopes) ?? []);
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

/** `hotspots token list`: who has tokens, and what they may be used for. */
export const tokenList: Command = {
  usage: '[EMAIL] [--json]',
  options: { json: { type: 'boolean', help: 'one JSON array on stdout' } },
  positionals: 1,
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

/** `hotspots token revoke`: ends a token at once. */
export const revoke: Command = {
  usage: 'TOKEN',
  options: {},
  positionals: 1,
  run: async (given) => {
    const id = idOf('token revoke', 'TOKEN', given.positionals[0]);
    if (id === undefined) throw usageError('token revoke', 'The number of a token is needed.');
    await withDatabase(({ sequelize }) => revokeApiToken(sequelize, id));
    await writeOutput(`Token ${id} is revoked.`);
    return exitCodes.done;
  },
};
