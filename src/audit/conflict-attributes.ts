import type { Model, ModelStatic } from 'sequelize';
import { HotspotsError } from '../errors.ts';

/**
 * The attributes whose conflict `updateOnDuplicate` means when the caller does not say: the model's only
 * unique key, else its primary key.
 *
 * @throws HotspotsError AUDIT_WRITE_REFUSED when there are several unique keys. Sequelize would join them
 *   into one ON CONFLICT list, which is never a key.
 */
export function conflictAttributes(model: ModelStatic<Model>): string[] {
  const unique = [...uniqueAttributes(model), ...uniqueIndexes(model)];
  const [first, second] = unique;
  if (second !== undefined) {
    throw new HotspotsError(
      'AUDIT_WRITE_REFUSED',
      `${model.name}.bulkCreate with updateOnDuplicate: the model has several unique keys ` +
        `(${unique.map((key) => key.join(' + ')).join('; ')}). Nothing was written. Name one with conflictAttributes.`,
    );
  }
  return first ?? [...model.primaryKeyAttributes];
}

function uniqueAttributes(model: ModelStatic<Model>): string[][] {
  const groups = new Map<string, string[]>();
  for (const [name, { unique }] of Object.entries(model.getAttributes())) {
    if (unique === undefined || unique === false) continue;
    const group = unique === true ? name : typeof unique === 'string' ? unique : unique.name;
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [...groups.values()];
}

function uniqueIndexes(model: ModelStatic<Model>): string[][] {
  const byColumn = new Map(
    Object.entries(model.getAttributes()).map(([name, { field }]) => [field ?? name, name]),
  );
  return (model.options.indexes ?? [])
    .filter((index) => index.unique === true && index.where === undefined)
    .map((index) =>
      (index.fields ?? []).flatMap((field) =>
        typeof field === 'string' ? [byColumn.get(field) ?? field] : [],
      ),
    );
}
