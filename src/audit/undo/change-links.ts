import type { Model } from 'sequelize';
import { currentContext, runInContext } from '../actor-context.ts';
import { isRelation } from './relation.ts';
import type { StepGroup } from './step-group.ts';
import { undoExtra } from './undo-extra.ts';
import type { UndoStep } from './undo-plan.ts';

/** Attaches and detaches what a step says of the relations of its record. */
export async function changeLinks(
  row: Model,
  { fields }: UndoStep,
  { planId, registration, transaction }: StepGroup,
): Promise<void> {
  for (const field of fields.filter((each) => isRelation(registration, each.field))) {
    const accessors: unknown = Reflect.get(registration.model.associations[field.field] ?? {}, 'accessors');
    const change = (accessor: string, ids: unknown) => {
      if (!Array.isArray(ids) || ids.length === 0) return;
      const method: unknown = Reflect.get(row, nameOf(accessors, accessor));
      if (typeof method !== 'function') throw new TypeError(`${field.field} has no ${accessor}.`);
      return Reflect.apply(method, row, [ids, { transaction }]);
    };
    const context = currentContext();
    const work = async () => {
      await change('removeMultiple', field.now);
      await change('addMultiple', field.was);
    };
    if (context === undefined) await work();
    else
      await runInContext(
        { ...context, extra: { ...context.extra, ...undoExtra(planId, { fields: [field] }) } },
        work,
      );
  }
}

function nameOf(accessors: unknown, accessor: string): string {
  const name: unknown =
    typeof accessors === 'object' && accessors !== null ? Reflect.get(accessors, accessor) : '';
  return String(name);
}
