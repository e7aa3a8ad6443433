import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type LogAction, logActions } from '../log-action.ts';
import type { UndoStep } from './undo-plan.ts';

/** An entry that the plan does not know, of a record of the plan. */
export interface LaterEntry {
  readonly id: string;
  readonly actorEmail: string;
  readonly action: LogAction;
  readonly fields: readonly string[];
}

/**
 * What was written to the records of some steps since the plan was made, but by the undo itself, the newest last;
 * by position. A record's entries are in the order of their ids, because each is written under the lock of its row.
 */
export async function laterEntries(
  sequelize: Sequelize,
  planId: string,
  steps: readonly UndoStep[],
  transaction: Transaction,
): Promise<Map<number, LaterEntry[]>> {
  const rows = await sequelize.query<Omit<LaterEntry, 'action'> & { position: number; action: number }>(
    `SELECT step.position, entry.*
     FROM undo_steps step JOIN undo_plans plan ON plan.id = step.plan_id
     CROSS JOIN LATERAL (
       SELECT id, actor_email AS "actorEmail", action, ARRAY(SELECT jsonb_object_keys(changes)) AS fields
       FROM log_entries
       WHERE model = step.model AND object_id = step.object_id AND id > step.newest_entry_id
         AND run_id IS DISTINCT FROM plan.run_id AND action <> ${logActions.indexOf('access')}
       OFFSET 0
     ) entry
     WHERE plan_id = $1 AND step.position = ANY($2::int[]) ORDER BY step.position, entry.id`,
    { bind: [planId, steps.map(({ position }) => position)], type: QueryTypes.SELECT, transaction },
  );
  const later = new Map<number, LaterEntry[]>();
  for (const { position, action, ...entry } of rows) {
    const known = later.get(position) ?? [];
    later.set(position, [...known, { ...entry, action: logActions[action] ?? 'access' }]);
  }
  return later;
}
