import { objectId } from '../object-id.ts';
import { sameJson } from '../proof/same-json.ts';
import { breakCircles } from './break-circles.ts';
import { changeLinks } from './change-links.ts';
import { inUndoOf } from './in-undo-of.ts';
import { meanwhileConflicts } from './meanwhile-conflicts.ts';
import { type PointingRow, pointingRows } from './pointing-rows.ts';
import { recordedValues } from './present-records.ts';
import { rowsWithIds } from './primary-key-values.ts';
import { referencedConflict } from './referenced-conflict.ts';
import { registrationsOf } from './registrations-of.ts';
import { isRelation } from './relation.ts';
import type { StepGroup } from './step-group.ts';
import type { UndoStep } from './undo-plan.ts';

/** Deletes created records, one by one, so that each has its own entry with what it takes back. */
export async function removeRecords(group: StepGroup): Promise<UndoStep[]> {
  const { sequelize, registration, steps, transaction } = group;
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
  const going = checked.filter(({ state }) => state === 'done').map((step) => step.objectId);
  // Locked for deletion, a record cannot be pointed to any more: what points to it by now does so to the end.
  const registrations = registrationsOf(sequelize);
  const pointing = await pointingRows(sequelize, registration, going, registrations, transaction);
  const outcomes = keepPointedTo(group, checked, pointing);
  const removals = outcomes.filter(({ state }) => state === 'done');
  await breakCircles(group, removals, rows, pointing);
  for (const step of removals) {
    const row = rows.get(step.objectId);
    if (row === undefined) continue;
    await changeLinks(row, step, group);
    await inUndoOf(step, group, () => row.destroy({ force: true, transaction }));
  }
  return outcomes;
}

function keepPointedTo(
  { registration }: StepGroup,
  steps: readonly UndoStep[],
  pointing: readonly PointingRow[],
): UndoStep[] {
  const going = new Set(steps.filter(({ state }) => state === 'done').map((step) => step.objectId));
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
