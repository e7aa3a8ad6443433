import { QueryTypes, type Sequelize } from 'sequelize';
import type { Actor } from '../actor-context.ts';
import { storableJson } from '../storable-json.ts';
import type { DraftStep } from './draft-steps.ts';
import { readUndoPlan } from './read-undo-plan.ts';
import type { UndoCounts, UndoPlan } from './undo-plan.ts';
import type { UndoSelection } from './undo-selection.ts';

const stepsPerInsert = 2000;

/** Writes a plan and its steps in one transaction. */
export async function storePlan(
  sequelize: Sequelize,
  plan: {
    selection: UndoSelection;
    watermark: string;
    by: Actor;
    counts: UndoCounts;
    steps: readonly DraftStep[];
  },
): Promise<UndoPlan> {
  const id = await sequelize.transaction(async (transaction) => {
    const [row] = await sequelize.query<{ id: string }>(
      `INSERT INTO undo_plans (created_by_id, created_by_email, watermark, selection, counts)
       VALUES ($1, $2, $3, $4::jsonb, $5::jsonb) RETURNING id`,
      {
        bind: [
          plan.by.id,
          plan.by.email,
          plan.watermark,
          JSON.stringify(plan.selection),
          JSON.stringify(plan.counts),
        ],
        type: QueryTypes.SELECT,
        transaction,
      },
    );
    if (row === undefined) throw new TypeError('The new plan has no id.');
    for (let offset = 0; offset < plan.steps.length; offset += stepsPerInsert) {
      const steps = plan.steps
        .slice(offset, offset + stepsPerInsert)
        .map((step, index) => ({ ...step, position: offset + index + 1 }));
      await sequelize.query(
        `INSERT INTO undo_steps (plan_id, position, kind, state, model, object_id, object_label, first_entry_id,
                                 last_entry_id, newest_entry_id, fields, conflicts, already_undone)
         SELECT $1::bigint, position, kind, CASE kind WHEN 'none' THEN 'skipped' ELSE 'pending' END, model, "objectId",
                "objectLabel", "firstEntryId", "lastEntryId", "newestEntryId", fields, conflicts,
                ARRAY(SELECT jsonb_array_elements_text("alreadyUndone"))
         FROM jsonb_to_recordset($2::jsonb) AS step (
           position integer, kind text, model text, "objectId" text, "objectLabel" text, "firstEntryId" bigint,
           "lastEntryId" bigint, "newestEntryId" bigint, fields jsonb, conflicts jsonb, "alreadyUndone" jsonb)`,
        { bind: [row.id, storableJson(JSON.stringify(steps))], type: QueryTypes.INSERT, transaction },
      );
    }
    return row.id;
  });
  return await readUndoPlan(sequelize, id);
}
