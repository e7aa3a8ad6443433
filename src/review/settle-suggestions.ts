import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { FieldOfRecord } from '../audit/read/index.ts';

/** Drops open suggestions of a source for fields that hold by now what the source says. */
export async function settleSuggestions(
  sequelize: Sequelize,
  sourceName: string,
  agreed: readonly FieldOfRecord[],
  transaction: Transaction,
): Promise<void> {
  if (agreed.length === 0) return;
  await sequelize.query(
    `DELETE FROM suggestions
     WHERE source_name = $1 AND state = 'open'
       AND (model, object_id, field) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))`,
    {
      bind: [
        sourceName,
        agreed.map(({ model }) => model),
        agreed.map(({ objectId }) => objectId),
        agreed.map(({ field }) => field),
      ],
      type: QueryTypes.DELETE,
      transaction,
    },
  );
}
