import { objectId } from '../object-id.ts';
import type { Registration } from '../registration.ts';
import { attributeValue } from './attribute-value.ts';
import { changeLinks } from './change-links.ts';
import { meanwhileConflicts } from './meanwhile-conflicts.ts';
import { primaryKeyValues, rowsWithIds } from './primary-key-values.ts';
import type { StepGroup } from './step-group.ts';
import { undoExtra } from './undo-extra.ts';
import type { UndoConflict, UndoStep } from './undo-plan.ts';

/** Brings deleted records back, under the ids they had. */
export async function recreateRecords(group: StepGroup): Promise<UndoStep[]> {
  const { planId, registration, steps, transaction } = group;
  const { model, primaryKeys } = registration;
  const there = await model.unscoped().findAll({
    where: rowsWithIds(
      registration,
      steps.map((step) => step.objectId),
    ),
    attributes: [...primaryKeys],
    paranoid: false,
    transaction,
  });
  const existing = new Set(there.map((row) => objectId(primaryKeys, row.dataValues)));
  const checked = await meanwhileConflicts(group, true, () => ({ present: null, isStanding: () => true }));
  const outcomes = checked.map((step) =>
    step.state === 'done' && existing.has(step.objectId) ? alreadyThere(step) : step,
  );
  const missing = outcomes.filter(({ state }) => state === 'done');
  const instances = await model.bulkCreate(
    missing.map((step) => recordOf(registration, step)),
    {
      transaction,
      validate: false,
      audit: { rows: missing.map((step) => ({ extra: undoExtra(planId, step) })) },
    },
  );
  for (const [index, step] of missing.entries()) {
    const row = instances[index];
    if (row !== undefined) await changeLinks(row, step, group);
  }
  return outcomes;
}

/** What was null when the record was deleted is said, so that no default takes its place. */
function recordOf(registration: Registration, { objectId: id, fields }: UndoStep): Record<string, unknown> {
  const values = new Map(fields.map(({ field, was }) => [field, was]));
  const attributes = registration.attributes
    .filter((name) => values.has(name) || mayBeNull(registration, name))
    .map((name) => [name, attributeValue(registration, name, values.get(name) ?? null)] as const);
  return { ...Object.fromEntries(attributes), ...primaryKeyValues(registration, id) };
}

function mayBeNull({ model }: Registration, attribute: string): boolean {
  return model.getAttributes()[attribute]?.allowNull !== false;
}

function alreadyThere(step: UndoStep): UndoStep {
  const conflict: UndoConflict = {
    ...{ field: null, reason: 'unrecorded', actorEmail: null, entryId: null, value: null },
    message: 'It exists again, and the log does not tell who made it.',
  };
  return { ...step, state: 'skipped', conflicts: [...step.conflicts, conflict] };
}
