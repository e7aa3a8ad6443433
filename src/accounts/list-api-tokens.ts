import { QueryTypes, type Sequelize } from 'sequelize';
import type { ApiToken } from './api-token.ts';

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
