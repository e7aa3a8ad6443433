import { QueryTypes, type Sequelize } from 'sequelize';
import { HotspotsError } from '../errors.ts';

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
