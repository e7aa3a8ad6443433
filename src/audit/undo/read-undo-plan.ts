import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import type { UndoPlan } from './undo-plan.ts';
import { undoSelectionSchema } from './undo-selection.ts';

/**
 * A stored plan.
 *
 * @throws HotspotsError UNDO_PLAN_UNKNOWN
 */
export async function readUndoPlan(
  sequelize: Sequelize,
  id: string,
  transaction?: Transaction,
): Promise<UndoPlan> {
  const [row] = /^[1-9]\d{0,17}$/.test(id)
    ? await sequelize.query<Omit<UndoPlan, 'selection'> & { selection: unknown }>(
        `SELECT id, created_at AS "createdAt", created_by_email AS "createdByEmail", selection, watermark, state,
                run_id AS "runId", replaced_by_id AS "replacedById", counts
         FROM undo_plans WHERE id = $1`,
        { bind: [id], type: QueryTypes.SELECT, ...(transaction && { transaction }) },
      )
    : [];
  if (row === undefined) {
    throw new HotspotsError(
      'UNDO_PLAN_UNKNOWN',
      `There is no undo plan ${JSON.stringify(id)}. Make one: npm run undo -- --run=…`,
    );
  }
  return { ...row, selection: undoSelectionSchema.parse(row.selection) };
}
