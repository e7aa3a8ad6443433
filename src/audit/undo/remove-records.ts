import type { Model } from 'sequelize';
import { currentContext, runInContext } from '../actor-context.ts';
import { objectId } from '../object-id.ts';
import { sameJson } from '../proof/same-json.ts';
import { changeLinks } from './change-links.ts';
import { meanwhileConflicts } from './meanwhile-conflicts.ts';
import { pointingRows } from './pointing-rows.ts';
import { recordedValues } from './present-records.ts';
import { rowsWithIds } from './primary-key-values.ts';
import { referencedConflict } from './referenced-conflict.ts';
import { registrationsOf } from './registrations-of.ts';
import { isRelation } from './relation.ts';
import type { StepGroup } from './step-group.ts';
import { undoExtra } from './undo-extra.ts';
import type { UndoStep } from './undo-plan.ts';

/** Deletes created records, one by one, so that each has its own entry with what it takes back. */
export async function removeRecords(group: StepGroup): Promise<UndoStep[]> {
  const { registration, steps, transaction } = group;
  const { model, primaryKeys } = registration;
  const ids = steps.map((step) => step.objectId);
  const found = await model.unscoped().findAll({
    where: rowsWithIds(registration, ids),
    order: primaryKeys.map((key) => [key, 'ASC'] satisfies [string, string]),
    lock: transaction.LOCK.UPDATE,
    paranoid: false,
    transaction,
  });
  const rows = new Map(found.map((row) => [objectId(primaryKeys, row.dataValues), row]));
  const checked = await meanwhileConflicts(group, true, (step) => {
    const row = rows.get(step.objectId);
    const present = row === undefined ? null : recordedValues(registration, row.dataValues);
    return {
      present,
      isStanding: ({ field, now }) =>
        isRelation(registration, field) || sameJson(present?.[field] ?? null, now),
    };
  });
  const outcomes = await keepPointedTo(group, checked);
  for (const step of outcomes) {
    const row = rows.get(step.objectId);
    if (step.state !== 'done' || row === undefined) continue;
    await changeLinks(row, step, group);
    await destroy(row, step, group);
  }
  return outcomes;
}

/** Locked for deletion, a record cannot be pointed to any more: what points to it by now does so to the end. */
async function keepPointedTo(
  { sequelize, registration, transaction }: StepGroup,
  steps: readonly UndoStep[],
): Promise<UndoStep[]> {
  const going = new Set(steps.filter(({ state }) => state === 'done').map((step) => step.objectId));
  const registrations = registrationsOf(sequelize);
  const pointing = await pointingRows(sequelize, registration, [...going], registrations, transaction);
  for (;;) {
    const standing = pointing.filter(
      ({ target, model, objectId: id, link }) =>
        going.has(target) &&
        // Its own links go with it, and what is removed in this very group is no reason to stay.
        !(model === registration.modelName && going.has(link === null ? (id ?? '') : target)),
    );
    if (standing.length === 0) break;
    for (const { target } of standing) going.delete(target);
  }
  return steps.map((step) => {
    if (step.state !== 'done' || going.has(step.objectId)) return step;
    const rows = pointing.filter(({ target }) => target === step.objectId);
    return { ...step, state: 'skipped', conflicts: [...step.conflicts, referencedConflict(rows)] };
  });
}

function destroy(row: Model, step: UndoStep, { planId, transaction }: StepGroup): Promise<void> {
  const context = currentContext();
  const destroyIt = () => row.destroy({ force: true, transaction });
  if (context === undefined) return destroyIt();
  const extra = { ...context.extra, ...undoExtra(planId, step) };
  return runInContext({ ...context, extra }, destroyIt);
}
