import { QueryTypes, type Sequelize } from 'sequelize';
import { User } from '../models/user.ts';
import { type TokenScope, tokenHash } from './api-token.ts';

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
  const [row] = await sequelize.query<{
    id: string;
    scopes: TokenScope[];
    userId: string;
    isNoted: boolean;
  }>(
    `SELECT id, scopes, user_id AS "userId", coalesce(last_used_at > now() - interval '1 minute', false) AS "isNoted"
     FROM api_tokens WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > now()`,
    { bind: [tokenHash(secret)], type: QueryTypes.SELECT },
  );
  const user = row === undefined ? null : await User.findByPk(row.userId);
  if (row === undefined || user?.isActive !== true) return null;
  if (!row.isNoted)
    await sequelize.query('UPDATE api_tokens SET last_used_at = now() WHERE id = $1', { bind: [row.id] });
  return { id: row.id, scopes: row.scopes, user };
}
