import type { Model } from 'sequelize';
import type { JsonValue } from '../json-value.ts';
import { objectId } from '../object-id.ts';
import { sameJson } from '../proof/same-json.ts';
import type { Registration } from '../registration.ts';
import { attributeValue } from './attribute-value.ts';
import { changeLinks } from './change-links.ts';
import { meanwhileConflicts } from './meanwhile-conflicts.ts';
import { recordedValues } from './present-records.ts';
import { rowsWithIds } from './primary-key-values.ts';
import { isRelation, presentLinks, relationsOf } from './relation.ts';
import type { StepGroup } from './step-group.ts';
import { undoExtra } from './undo-extra.ts';
import type { UndoStep } from './undo-plan.ts';

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
