import type { Model } from 'sequelize';
import { currentContext, runInContext } from '../actor-context.ts';
import { objectId } from '../object-id.ts';
import { sameJson } from '../proof/same-json.ts';
import { changeLinks } from './change-links.ts';
import { meanwhileConflicts } from './meanwhile-conflicts.ts';
import { recordedValues } from './present-records.ts';
import { rowsWithIds } from './primary-key-values.ts';
import { isRelation } from './relation.ts';
import type { StepGroup } from './step-group.ts';
import { undoExtra } from './undo-extra.ts';
import type { UndoStep } from './undo-plan.ts';

/** Deletes created records, one by one, so that each has its own entry with what it takes back. */
export async function removeRecords(group: StepGroup): Promise<UndoStep[]> {
  const { planId, registration, steps, transaction } = group;
  const { model, primaryKeys } = registration;
  const found = await model.unscoped().findAll({
    where: rowsWithIds(
      registration,
      steps.map((step) => step.objectId),
    ),
    order: primaryKeys.map((key) => [key, 'ASC'] satisfies [string, string]),
    lock: transaction.LOCK.UPDATE,
    paranoid: false,
    transaction,
  });
  const rows = new Map(found.map((row) => [objectId(primaryKeys, row.dataValues), row]));
  const checked = await meanwhileConflicts(group, steps, (step) => {
    const row = rows.get(step.objectId);
    if (row === undefined) return { standing: [], lost: step.fields, present: null };
    const present = recordedValues(registration, row.dataValues);
    const lost = step.fields.filter(
      ({ field, now }) => !isRelation(registration, field) && !sameJson(present[field] ?? null, now),
    );
    // A record that is not wholly as it was made is kept.
    return { standing: lost.length > 0 ? [] : step.fields, lost, present };
  });
  for (const step of checked) {
    const row = rows.get(step.objectId);
    if (step.state !== 'done' || row === undefined) continue;
    await changeLinks(row, step, group);
    await destroy(row, planId, step, group);
  }
  return checked;
}

function destroy(row: Model, planId: string, step: UndoStep, { transaction }: StepGroup): Promise<void> {
  const context = currentContext();
  const destroyIt = () => row.destroy({ force: true, transaction });
  if (context === undefined) return destroyIt();
  const extra = { ...context.extra, ...undoExtra(planId, step.fields) };
  return runInContext({ ...context, extra }, destroyIt);
}
