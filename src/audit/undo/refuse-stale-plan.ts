import { isDeepStrictEqual } from 'node:util';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { ReadingContext } from '../reading/reading-context.ts';
import { planUndo } from './plan-undo.ts';
import { readUndoSteps } from './read-undo-steps.ts';
import { StalePlanError } from './stale-plan-error.ts';
import type { UndoPlan } from './undo-plan.ts';

const stepsPerPage = 2000;

/**
 * Sees to it that what a plan says is still what would happen. When its records were written since, it is made
 * anew; if it comes out differently, the new plan takes its place.
 *
 * @throws StalePlanError
 */
export async function refuseStalePlan(
  sequelize: Sequelize,
  plan: UndoPlan,
  context: ReadingContext,
): Promise<void> {
  if (!(await wasWrittenSince(sequelize, plan))) return;
  const by = { id: await createdBy(sequelize, plan), email: plan.createdByEmail };
  const renewed = await planUndo(sequelize, plan.selection, by, context);
  if (await saysTheSame(sequelize, plan, renewed)) {
    await sequelize.query('DELETE FROM undo_plans WHERE id = $1', { bind: [renewed.id] });
    return;
  }
  await sequelize.query("UPDATE undo_plans SET state = 'replaced', replaced_by_id = $2 WHERE id = $1", {
    bind: [plan.id, renewed.id],
  });
  throw new StalePlanError(plan, renewed);
}

/** By what each step knows of its record: what was not committed when the plan was made has come since. */
async function wasWrittenSince(sequelize: Sequelize, { id }: UndoPlan): Promise<boolean> {
  const [row] = await sequelize.query<{ written: boolean }>(
    `SELECT EXISTS (
       SELECT FROM undo_steps step
       JOIN log_entries entry ON entry.model = step.model AND entry.object_id = step.object_id
         AND entry.id > step.newest_entry_id
       WHERE plan_id = $1) AS written`,
    { bind: [id], type: QueryTypes.SELECT },
  );
  return row?.written === true;
}

async function createdBy(sequelize: Sequelize, { id }: UndoPlan): Promise<string | null> {
  const [row] = await sequelize.query<{ id: string | null }>(
    'SELECT created_by_id AS id FROM undo_plans WHERE id = $1',
    { bind: [id], type: QueryTypes.SELECT },
  );
  return row?.id ?? null;
}

async function saysTheSame(sequelize: Sequelize, plan: UndoPlan, renewed: UndoPlan): Promise<boolean> {
  if (!isDeepStrictEqual(plan.counts, renewed.counts)) return false;
  for (let after = 0; ; after += stepsPerPage) {
    const page = { limit: stepsPerPage, after };
    const [before, now] = [
      await readUndoSteps(sequelize, plan.id, page),
      await readUndoSteps(sequelize, renewed.id, page),
    ];
    if (!isDeepStrictEqual(before, now)) return false;
    if (before.length < stepsPerPage) return true;
  }
}
