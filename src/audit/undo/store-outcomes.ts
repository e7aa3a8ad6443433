import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { storableJson } from '../storable-json.ts';
import type { UndoStep } from './undo-plan.ts';

/** Notes how steps turned out. */
export async function storeOutcomes(
  sequelize: Sequelize,
  planId: string,
  outcomes: readonly UndoStep[],
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(
    `UPDATE undo_steps SET state = outcome.state, attempts = outcome.attempts, fields = outcome.fields, conflicts = outcome.conflicts
     FROM jsonb_to_recordset($2::jsonb) AS outcome (position integer, state text, attempts smallint, fields jsonb, conflicts jsonb)
     WHERE plan_id = $1 AND undo_steps.position = outcome.position`,
    { bind: [planId, storableJson(JSON.stringify(outcomes))], type: QueryTypes.UPDATE, transaction },
  );
}
