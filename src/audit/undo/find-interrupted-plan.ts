import { QueryTypes, type Sequelize } from 'sequelize';
import { storableJson } from '../storable-json.ts';
import { readUndoPlan } from './read-undo-plan.ts';
import type { UndoPlan } from './undo-plan.ts';
import type { UndoSelection } from './undo-selection.ts';

/** The newest plan of just this selection that was begun and not brought to its end; null when there is none. */
export async function findInterruptedPlan(
  sequelize: Sequelize,
  selection: UndoSelection,
): Promise<UndoPlan | null> {
  const [row] = await sequelize.query<{ id: string }>(
    `SELECT id FROM undo_plans WHERE state = 'applying' AND selection = $1::jsonb ORDER BY id DESC LIMIT 1`,
    { bind: [storableJson(JSON.stringify(selection))], type: QueryTypes.SELECT },
  );
  return row === undefined ? null : await readUndoPlan(sequelize, row.id);
}
