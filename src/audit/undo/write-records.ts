import type { Model } from 'sequelize';
import { objectId } from '../model-keys.ts';
import { attributeValue, primaryKeyValues, recordedValues, rowsWithIds } from '../read/present-records.ts';
import { registrationsOf } from '../record/auditlog.ts';
import type { Registration } from '../registration.ts';
import { type JsonValue, sameJson } from '../values.ts';
import { changeLinks, isRelation, presentLinks, relationsOf } from './links.ts';
import { breakCircles } from './order.ts';
import { meanwhileConflicts } from './recheck.ts';
import { type PointingRow, pointingRows, referencedConflict } from './references.ts';
import type { StepGroup, UndoConflict, UndoStep } from './undo-plan.ts';
import { inUndoOf, undoExtra } from './undone.ts';

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
    field: null,
    reason: 'unrecorded',
    actorEmail: null,
    entryId: null,
    value: null,
    message: 'It exists again, and the log does not tell who made it.',
  };
  return { ...step, state: 'skipped', conflicts: [...step.conflicts, conflict] };
}

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

/** Gives fields their old values: one locked read, one multi-row write. */
export async function restoreRecords(group: StepGroup): Promise<UndoStep[]> {
  const { registration } = group;
  const rows = await lockedRows(group);
  const links = await linksUnderLock(group);
  const checked = await meanwhileConflicts(group, false, (step) => {
    const row = rows.get(step.objectId);
    const present = row === undefined ? null : recordedValues(registration, row.dataValues);
    return {
      present,
      isStanding: ({ field, now, was }) =>
        isRelation(registration, field)
          ? areLinked(links.get(field)?.get(step.objectId), now, true) &&
            areLinked(links.get(field)?.get(step.objectId), was, false)
          : present !== null && sameJson(present[field] ?? null, now),
    };
  });
  const done = checked.filter(({ state }) => state === 'done');
  const writable = done
    .map((step) => ({ ...step, fields: step.fields.filter(({ field }) => !isRelation(registration, field)) }))
    .filter(({ fields }) => fields.length > 0);
  // Each only with the fields it restores: what others hold there may be finer than what is read of it.
  const perFields = Map.groupBy(writable, ({ fields }) => JSON.stringify(fields.map(({ field }) => field)));
  for (const steps of perFields.values()) await writeFields(group, steps, rows);
  for (const step of done) {
    const row = rows.get(step.objectId);
    if (row !== undefined) await changeLinks(row, step, group);
  }
  return checked;
}

async function writeFields(
  { planId, registration, transaction }: StepGroup,
  writable: readonly UndoStep[],
  rows: ReadonlyMap<string, Model>,
): Promise<void> {
  const { model, primaryKeys } = registration;
  const records = writable.map((step) => restored(registration, rows.get(step.objectId), step));
  const fields = new Set(writable.flatMap((step) => step.fields.map(({ field }) => field)));
  await model.bulkCreate(records, {
    transaction,
    validate: false,
    conflictAttributes: [...primaryKeys],
    updateOnDuplicate: [...fields, ...updatedAtOf(registration)],
    audit: { rows: writable.map((step) => ({ extra: undoExtra(planId, step) })) },
  });
}

async function linksUnderLock({ registration, steps, transaction }: StepGroup) {
  const ids = steps.map(({ objectId: id }) => id);
  const links = new Map<string, Map<string, Set<string>>>();
  for (const relation of relationsOf(registration))
    links.set(relation.alias, await presentLinks(relation, ids, transaction));
  return links;
}

function areLinked(links: ReadonlySet<string> | undefined, ids: JsonValue, expected: boolean): boolean {
  return Array.isArray(ids) && ids.every((id) => (links?.has(String(id)) === true) === expected);
}

/** Whole instances: a multi-row update is an insert that meets the rows, and needs every column for it. */
async function lockedRows({ registration, steps, transaction }: StepGroup): Promise<Map<string, Model>> {
  const { model, primaryKeys } = registration;
  const rows = await model.unscoped().findAll({
    where: rowsWithIds(
      registration,
      steps.map((step) => step.objectId),
    ),
    order: primaryKeys.map((key) => [key, 'ASC'] satisfies [string, string]),
    lock: transaction.LOCK.NO_KEY_UPDATE,
    paranoid: false,
    transaction,
  });
  return new Map(rows.map((row) => [objectId(primaryKeys, row.dataValues), row]));
}

function restored(registration: Registration, row: Model | undefined, { fields }: UndoStep) {
  const values = fields.map(({ field, was }) => [field, attributeValue(registration, field, was)] as const);
  const updatedAt = updatedAtOf(registration).map((name) => [name, new Date()] as const);
  return { ...row?.dataValues, ...Object.fromEntries([...values, ...updatedAt]) };
}

/** The attribute that Sequelize keeps the time of the last write in, if the model has one. */
function updatedAtOf({ model }: Registration): string[] {
  const { timestamps, updatedAt } = model.options;
  if (timestamps === false || updatedAt === false) return [];
  return [typeof updatedAt === 'string' ? updatedAt : 'updatedAt'];
}
