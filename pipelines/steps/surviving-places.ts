import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';

/**
 * Where places that were merged into others have gone: for each duplicate the place that stays. Places that are no
 * duplicates are left out.
 */
export async function survivingPlaces(
  sequelize: Sequelize,
  duplicateIds: readonly string[],
  transaction: Transaction,
): Promise<Map<string, string>> {
  if (duplicateIds.length === 0) return new Map();
  // UNION and not UNION ALL: two places that were marked as duplicates of each other must not go on for ever.
  const rows = await sequelize.query<{ duplicate: string; id: string }>(
    `WITH RECURSIVE way AS (
       SELECT id AS duplicate, id, duplicate_of_id FROM places WHERE id = ANY($1)
       UNION
       SELECT duplicate, places.id, places.duplicate_of_id
       FROM way JOIN places ON places.id = way.duplicate_of_id
     )
     SELECT duplicate, id FROM way WHERE duplicate_of_id IS NULL AND id <> duplicate`,
    { bind: [[...duplicateIds]], type: QueryTypes.SELECT, transaction },
  );
  return new Map(rows.map(({ duplicate, id }) => [duplicate, id]));
}
