import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { onlyRow } from '../../database/only-row.ts';
import { storedJson } from '../../database/stored-json.ts';
import { HotspotsError } from '../../errors.ts';
import { isId } from '../../ids.ts';
import type { Actor } from '../actors.ts';
import { storableJson } from '../values.ts';
import type { DraftStep } from './make-plan.ts';
import {
  entriesOfStep,
  type UndoCounts,
  type UndoPlan,
  type UndoSelection,
  type UndoStep,
  undoSelectionSchema,
} from './undo-plan.ts';

/** What steps come to. A step that was skipped when its turn came counts with its conflicts only. */
export function countSteps(
  steps: Iterable<
    Pick<UndoStep, 'kind' | 'fields' | 'conflicts' | 'alreadyUndone'> &
      Partial<Pick<UndoStep, 'state' | 'firstEntryId' | 'lastEntryId'>>
  >,
): UndoCounts {
  const counts = { entries: 0, records: 0, restored: 0, fields: 0, recreated: 0, removed: 0 };
  const left = { already: 0, skipped: 0 };
  const conflictsByActor: Record<string, number> = {};
  for (const { kind, state, fields, conflicts, alreadyUndone, ...ends } of steps) {
    counts.records += 1;
    if (kind !== 'none' && state !== 'skipped') {
      counts.entries += entriesOfStep({ fields, ...ends }).length;
      if (kind === 'restore') counts.restored += 1;
      if (kind === 'restore') counts.fields += fields.length;
      if (kind === 'recreate') counts.recreated += 1;
      if (kind === 'remove') counts.removed += 1;
    } else if (conflicts.length === 0 && alreadyUndone.length > 0) left.already += 1;
    if (conflicts.length > 0) left.skipped += 1;
    for (const actor of new Set(conflicts.map(({ actorEmail }) => actorEmail ?? '')))
      conflictsByActor[actor] = (conflictsByActor[actor] ?? 0) + 1;
  }
  return { ...counts, ...left, conflictsByActor };
}

/** An unknown condition must not be left out of a selection, or more would be undone than was meant. */
const storedSelection = storedJson(undoSelectionSchema);

/**
 * A stored plan.
 *
 * @throws HotspotsError UNDO_PLAN_UNKNOWN; STORED_JSON_UNREADABLE when a newer program knows more kinds of selections
 */
export async function readUndoPlan(
  sequelize: Sequelize,
  id: string,
  transaction?: Transaction,
): Promise<UndoPlan> {
  const [row] = isId(id)
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
  return { ...row, selection: storedSelection.read(row.selection, `The selection of undo plan ${id}`) };
}

/** The newest interrupted plan of exactly this selection; null without one. */
export async function findInterruptedPlan(
  sequelize: Sequelize,
  selection: UndoSelection,
): Promise<UndoPlan | null> {
  const [row] = await sequelize.query<{ id: string }>(
    `SELECT id FROM undo_plans WHERE state = 'applying' AND selection - 'version' = $1::jsonb
     ORDER BY id DESC LIMIT 1`,
    { bind: [storableJson(JSON.stringify(selection))], type: QueryTypes.SELECT },
  );
  return row === undefined ? null : await readUndoPlan(sequelize, row.id);
}

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
    const row = onlyRow(
      await sequelize.query<{ id: string }>(
        `INSERT INTO undo_plans (created_by_id, created_by_email, watermark, selection, counts)
       VALUES ($1, $2, $3, $4::jsonb, $5::jsonb) RETURNING id`,
        {
          bind: [
            plan.by.id,
            plan.by.email,
            plan.watermark,
            JSON.stringify(storedSelection.write(plan.selection)),
            JSON.stringify(plan.counts),
          ],
          type: QueryTypes.SELECT,
          transaction,
        },
      ),
    );
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
