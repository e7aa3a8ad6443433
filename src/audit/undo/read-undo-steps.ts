import { QueryTypes, type Sequelize } from 'sequelize';
import type { UndoStep } from './undo-plan.ts';

export interface StepsPage {
  /** At most so many steps. */
  limit: number;
  /** Only those after this position. */
  after?: number | undefined;
  /** Only steps that change something, or only those with conflicts. */
  only?: 'changes' | 'conflicts' | undefined;
}

/** The columns of `undo_steps` by the names of `UndoStep`. */
export const undoStepColumns = `position, kind, state, attempts, model, object_id AS "objectId", object_label AS "objectLabel",
  first_entry_id AS "firstEntryId", last_entry_id AS "lastEntryId", fields, conflicts,
  already_undone AS "alreadyUndone"`;

/** Steps of a plan in their order. */
export async function readUndoSteps(
  sequelize: Sequelize,
  planId: string,
  { limit, after = 0, only }: StepsPage,
): Promise<UndoStep[]> {
  const condition = only === undefined ? 'true' : only === 'changes' ? "kind <> 'none'" : "conflicts <> '[]'";
  return await sequelize.query<UndoStep>(
    `SELECT ${undoStepColumns} FROM undo_steps
     WHERE plan_id = $1 AND position > $2 AND ${condition} ORDER BY position LIMIT $3`,
    { bind: [planId, after, limit], type: QueryTypes.SELECT },
  );
}
