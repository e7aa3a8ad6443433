import type { Model } from 'sequelize';
import { inUndoOf } from './in-undo-of.ts';
import type { PointingRow } from './pointing-rows.ts';
import type { StepGroup } from './step-group.ts';
import type { UndoStep } from './undo-plan.ts';

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
