import { createHash, randomBytes } from 'node:crypto';
import { QueryTypes, type Sequelize } from 'sequelize';
import { z } from 'zod';
import { onlyRow } from '../database/only-row.ts';
import { HotspotsError } from '../errors.ts';
import { User } from '../records/index.ts';
import { findUser, refuseAutomated } from './users.ts';

/** What a token may be used for; its user's role limits it further. */
export const tokenScopes = ['read', 'write', 'review', 'admin'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** A token as lists show it: the secret itself is nowhere kept. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** By this it is recognised where it must not be, in a log or a repository. */
export const tokenPrefix = 'hs_';

/** What a token is stored under. It has 256 random bits, so that a fast hash is enough. */
export function tokenHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

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
 * Creates an API token that acts as a user.
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
  const row = onlyRow(
    await sequelize.query<{ id: string; expiresAt: Date }>(
      `INSERT INTO api_tokens (user_id, name, token_hash, scopes, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(days => $5)) RETURNING id, expires_at AS "expiresAt"`,
      { bind: [user.id, name, tokenHash(secret), [...new Set(scopes)], days], type: QueryTypes.SELECT },
    ),
  );
  return { ...row, secret };
}

export interface UsedToken {
  readonly id: string;
  readonly scopes: readonly TokenScope[];
  readonly user: User;
}

/**
 * The token with this secret, and its user; null when there is none, or it is revoked, has expired, or its user is
 * deactivated. Notes that it was used, to the minute.
 */
export async function findApiToken(sequelize: Sequelize, secret: string): Promise<UsedToken | null> {
  // One statement, as it is asked for with each request.
  const [user] = await sequelize.query(
    `SELECT users.*, token.id AS "tokenId", token.scopes AS "tokenScopes",
       coalesce(token.last_used_at > now() - interval '1 minute', false) AS "isNoted"
     FROM api_tokens AS token JOIN users ON users.id = token.user_id AND users.is_active
     WHERE token.token_hash = $1 AND token.revoked_at IS NULL AND token.expires_at > now()`,
    { bind: [tokenHash(secret)], type: QueryTypes.SELECT, model: User, mapToModel: true },
  );
  if (user === undefined) return null;
  const { tokenId, tokenScopes, isNoted } = tokenSchema.parse(user.dataValues);
  if (!isNoted)
    await sequelize.query('UPDATE api_tokens SET last_used_at = now() WHERE id = $1', { bind: [tokenId] });
  return { id: tokenId, scopes: tokenScopes, user };
}

/** What stands beside the columns of the user. */
const tokenSchema = z.object({
  tokenId: z.string(),
  tokenScopes: z.array(z.enum(tokenScopes)),
  isNoted: z.boolean(),
});

/** All tokens, by user and age; of one user when an e-mail address is given. */
export async function listApiTokens(sequelize: Sequelize, email?: string): Promise<ApiToken[]> {
  return await sequelize.query<ApiToken>(
    `SELECT token.id, name, email, scopes, token.created_at AS "createdAt", expires_at AS "expiresAt",
       last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"
     FROM api_tokens token JOIN users ON users.id = user_id
     WHERE $1::text IS NULL OR email = lower($1) ORDER BY email, token.id`,
    { bind: [email ?? null], type: QueryTypes.SELECT },
  );
}

/**
 * Ends a token at once. One that is revoked already stays so.
 *
 * @throws HotspotsError TOKEN_UNKNOWN
 */
export async function revokeApiToken(sequelize: Sequelize, id: string): Promise<void> {
  const rows = await sequelize.query(
    'UPDATE api_tokens SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING id',
    { bind: [id], type: QueryTypes.SELECT },
  );
  if (rows.length > 0) return;
  throw new HotspotsError(
    'TOKEN_UNKNOWN',
    `There is no token ${id}. Those there are: npm run hotspots -- token list.`,
  );
}
