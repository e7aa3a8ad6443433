import type { Model } from 'sequelize';
import { inUndoOf } from './in-undo-of.ts';
import { isRelation } from './relation.ts';
import type { StepGroup } from './step-group.ts';
import type { UndoStep } from './undo-plan.ts';

/** Attaches and detaches what a step says of the relations of its record. */
export async function changeLinks(row: Model, { fields }: UndoStep, group: StepGroup): Promise<void> {
  const { registration, transaction } = group;
  for (const field of fields.filter((each) => isRelation(registration, each.field))) {
    const accessors: unknown = Reflect.get(registration.model.associations[field.field] ?? {}, 'accessors');
    const change = (accessor: string, ids: unknown) => {
      if (!Array.isArray(ids) || ids.length === 0) return;
      const method: unknown = Reflect.get(row, nameOf(accessors, accessor));
      if (typeof method !== 'function') throw new TypeError(`${field.field} has no ${accessor}.`);
      return Reflect.apply(method, row, [ids, { transaction }]);
    };
    await inUndoOf({ fields: [field] }, group, async () => {
      await change('removeMultiple', field.now);
      await change('addMultiple', field.was);
    });
  }
}

function nameOf(accessors: unknown, accessor: string): string {
  const name: unknown =
    typeof accessors === 'object' && accessors !== null ? Reflect.get(accessors, accessor) : '';
  return String(name);
}
