import { randomBytes } from 'node:crypto';
import { QueryTypes, type Sequelize } from 'sequelize';
import { HotspotsError } from '../errors.ts';
import { type TokenScope, tokenHash, tokenPrefix } from './api-token.ts';
import { findUser, refuseAutomated } from './find-user.ts';

export interface NewApiToken {
  /** Whose it is: what is written by it is this user's. */
  email: string;
  /** What it is for, for people. */
  name: string;
  scopes: readonly TokenScope[];
  /** How long it is good for, in days. */
  days: number;
}

/**
 * Makes a token by which a program uses the API as a user.
 *
 * @returns its number and its secret, which cannot be read again
 * @throws HotspotsError USER_UNKNOWN, USER_INACTIVE, USER_AUTOMATED
 */
export async function createApiToken(
  sequelize: Sequelize,
  { email, name, scopes, days }: NewApiToken,
): Promise<{ id: string; secret: string; expiresAt: Date }> {
  refuseAutomated(email);
  const user = await findUser(email);
  if (!user.isActive) {
    throw new HotspotsError(
      'USER_INACTIVE',
      `The user ${user.email} is deactivated and can have no token. Activate the user first: ` +
        `npm run hotspots -- user activate ${user.email}.`,
    );
  }
  const secret = `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
  const [row] = await sequelize.query<{ id: string; expiresAt: Date }>(
    `INSERT INTO api_tokens (user_id, name, token_hash, scopes, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(days => $5)) RETURNING id, expires_at AS "expiresAt"`,
    { bind: [user.id, name, tokenHash(secret), [...new Set(scopes)], days], type: QueryTypes.SELECT },
  );
  if (row === undefined) throw new TypeError('A token that was inserted has a number.');
  return { ...row, secret };
}
