import { QueryTypes, type Sequelize } from 'sequelize';
import type { UndoPlan } from '../audit/undo/index.ts';
import { sourceToPause } from './source-to-pause.ts';

/** What else happens when a plan is carried out. */
export interface PlanEffects {
  /** The source that is paused; null when none is. */
  paused: string | null;
  /** How many values their sources may not write again. */
  held: number;
}

/** Foretells what `applyUndoPlan` does besides changing records. */
export async function planEffects(sequelize: Sequelize, plan: UndoPlan): Promise<PlanEffects> {
  const [row] = await sequelize.query<{ held: number }>(
    `SELECT count(DISTINCT (model, object_id, field, source_name, value))::int AS held
     FROM (
       SELECT step.model, step.object_id, field ->> 'field' AS field, source_name,
              entry.changes -> (field ->> 'field') -> 1 AS value, field -> 'was' AS was
       FROM undo_steps step,
            jsonb_array_elements(step.fields) AS field,
            jsonb_array_elements_text(field -> 'entryIds') AS taken_back (id)
       JOIN log_entries entry ON entry.id = taken_back.id::bigint
       JOIN runs ON runs.id = entry.run_id AND source_name IS NOT NULL
       WHERE step.plan_id = $1 AND step.kind IN ('restore', 'recreate') AND step.state <> 'skipped'
     ) taken WHERE value <> was AND value <> 'null'`,
    { bind: [plan.id], type: QueryTypes.SELECT },
  );
  return { paused: await sourceToPause(sequelize, plan.selection), held: row?.held ?? 0 };
}
