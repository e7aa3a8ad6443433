import { isDeepStrictEqual } from 'node:util';
import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { UndoneValue } from '../audit/undo/index.ts';

/**
 * Holds back what crawls had written and an undo has taken back, from the source that wrote it. A held value that
 * the undo itself has brought back is released: a person wants it.
 *
 * @param by the e-mail of who undoes
 * @returns how many values are held that were not before
 */
export async function holdValues(
  sequelize: Sequelize,
  values: readonly UndoneValue[],
  { undoRunId, by }: { undoRunId: string; by: string },
  transaction: Transaction,
): Promise<number> {
  // Sources that say nothing of a field do not empty it, so there is no null to be held back; and a record that was
  // removed is not made again.
  const taken = values.filter(
    ({ kind, value, restored }) => kind !== 'remove' && value !== null && !isDeepStrictEqual(value, restored),
  );
  await releaseRestored(sequelize, values, by, transaction);
  const held = await sequelize.query(
    `INSERT INTO holds (undo_run_id, model, object_id, object_label, field, source_name, value, value_hash)
     SELECT DISTINCT ON (model, "objectId", field, source_name, md5(value::text))
            $2::bigint, model, "objectId", "objectLabel", field, source_name, value, md5(value::text)::uuid
     FROM jsonb_to_recordset($1::jsonb) AS taken (
       model text, "objectId" text, "objectLabel" text, field text, value jsonb, "runId" bigint)
     JOIN runs ON runs.id = "runId" AND source_name IS NOT NULL
     ORDER BY model, "objectId", field, source_name, md5(value::text)
     ON CONFLICT (model, object_id, field, source_name, value_hash) WHERE released_at IS NULL DO NOTHING
     RETURNING id`,
    { bind: [JSON.stringify(taken), undoRunId], type: QueryTypes.SELECT, transaction },
  );
  return held.length;
}

async function releaseRestored(
  sequelize: Sequelize,
  values: readonly UndoneValue[],
  by: string,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(
    `UPDATE holds SET released_at = now(), released_by = $2
     FROM jsonb_to_recordset($1::jsonb) AS returned (model text, "objectId" text, field text, restored jsonb)
     WHERE released_at IS NULL AND holds.model = returned.model AND object_id = "objectId"
       AND holds.field = returned.field AND value_hash = md5(restored::text)::uuid`,
    { bind: [JSON.stringify(values), by], transaction },
  );
}
