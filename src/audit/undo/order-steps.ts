import type { DraftStep } from './draft-steps.ts';
import type { ForeignKeys } from './foreign-keys.ts';

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
