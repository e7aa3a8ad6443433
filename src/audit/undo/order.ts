import type { Model } from 'sequelize';
import type { DraftStep } from './make-plan.ts';
import type { ForeignKeys, PointingRow } from './references.ts';
import type { StepGroup, UndoStep } from './undo-plan.ts';
import { inUndoOf } from './undone.ts';

/**
 * Lets records that are about to be removed, and point to each other in a circle, let go of those that are removed
 * before them: the database would refuse to delete any of them.
 *
 * @param steps in the order in which their records are removed
 */
export async function breakCircles(
  group: StepGroup,
  steps: readonly UndoStep[],
  rows: ReadonlyMap<string, Model>,
  pointing: readonly PointingRow[],
): Promise<void> {
  const { registration, transaction } = group;
  const order = new Map(steps.map(({ objectId }, index) => [objectId, index]));
  for (const [index, step] of steps.entries()) {
    const names = pointing.flatMap(({ target, model, objectId, field, link }) => {
      const isOwn = model === registration.modelName && objectId === step.objectId && link === null;
      return isOwn && field !== null && (order.get(target) ?? index) < index ? [field] : [];
    });
    if (names.length === 0) continue;
    const fields = step.fields.filter(({ field }) => names.includes(field));
    const values = Object.fromEntries(names.map((name) => [name, null]));
    await inUndoOf({ ...step, fields }, group, async () => {
      await rows.get(step.objectId)?.update(values, { transaction, validate: false, silent: true });
    });
  }
}

const kindOrder = { recreate: 0, restore: 1, remove: 2, none: 3 } as const;

/**
 * The steps in an order in which the database takes them: records return before what points to them, and are
 * removed after it.
 */
export function orderSteps(steps: readonly DraftStep[], foreignKeys: ForeignKeys): DraftStep[] {
  const kinds = Map.groupBy(steps, ({ kind }) => kind);
  const recreations = parentsFirst(kinds.get('recreate') ?? [], foreignKeys, 'was');
  const removals = parentsFirst(kinds.get('remove') ?? [], foreignKeys, 'now').reverse();
  return [...recreations, ...(kinds.get('restore') ?? []), ...removals, ...(kinds.get('none') ?? [])].sort(
    (a, b) => kindOrder[a.kind] - kindOrder[b.kind],
  );
}

/** @param side which of a field's values points to the parent */
function parentsFirst(
  steps: readonly DraftStep[],
  foreignKeys: ForeignKeys,
  side: 'was' | 'now',
): DraftStep[] {
  const byRecord = new Map(steps.map((step) => [JSON.stringify([step.model, step.objectId]), step]));
  const ordered = new Set<DraftStep>();
  const onTheWay = new Set<DraftStep>();
  const visit = (step: DraftStep): void => {
    // Records that point to each other have no order; the database decides then.
    if (ordered.has(step) || onTheWay.has(step)) return;
    onTheWay.add(step);
    for (const { field, ...values } of step.fields) {
      const target = foreignKeys.get(step.model)?.get(field);
      const parent =
        target === undefined ? undefined : byRecord.get(JSON.stringify([target, String(values[side])]));
      if (parent !== undefined) visit(parent);
    }
    ordered.add(step);
  };
  for (const step of steps) visit(step);
  return [...ordered];
}
