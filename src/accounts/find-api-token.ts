import { QueryTypes, type Sequelize } from 'sequelize';
import { z } from 'zod';
import { User } from '../records/user.ts';
import { type TokenScope, tokenHash, tokenScopes } from './api-token.ts';

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
