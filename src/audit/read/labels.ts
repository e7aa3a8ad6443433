import { auditlog } from '../record/auditlog.ts';
import type { Registration } from '../registration.ts';
import { describeField, readChanges } from './fields.ts';
import type { RenderedEntry, RenderOptions } from './render.ts';

/** The records that the entries' foreign keys point to, by model name: whose labels are needed to show them. */
export function collectForeignKeys(
  entries: readonly RenderedEntry[],
  registrations: readonly Registration[] = auditlog.registrations(),
): Map<string, Set<string>> {
  const needed = new Map<string, Set<string>>();
  for (const { model, changes } of entries) {
    const registration = registrations.find(({ modelName }) => modelName === model);
    for (const change of readChanges(changes)) {
      const { target } = describeField(registration, change.field);
      if (target === null || change.kind !== 'value') continue;
      for (const id of [change.old, change.new]) {
        if (typeof id !== 'string' && typeof id !== 'number') continue;
        needed.set(target, (needed.get(target) ?? new Set()).add(String(id)));
      }
    }
  }
  return needed;
}

/**
 * Loads labels, with one query per model, for `RenderOptions.labelOf`. Records that a default scope hides or
 * that are only marked as deleted have one too; models that are not registered have none.
 *
 * @param needed ids by model name, as `collectForeignKeys` gives them
 */
export async function loadLabels(
  needed: ReadonlyMap<string, ReadonlySet<string>>,
  registrations: readonly Registration[] = auditlog.registrations(),
): Promise<NonNullable<RenderOptions['labelOf']>> {
  const labels = new Map<string, Map<string, string>>();
  for (const [modelName, ids] of needed) {
    const registration = registrations.find((known) => known.modelName === modelName);
    const key = registration?.primaryKeys[0];
    if (registration === undefined || key === undefined) continue;
    const rows = await registration.model.unscoped().findAll({
      where: { [key]: [...ids].filter((id) => isPossible(registration, key, id)) },
      paranoid: false,
    });
    labels.set(
      modelName,
      new Map(rows.map((row) => [String(row.get(key)), registration.label(row.get({ plain: true }))])),
    );
  }
  return (modelName, id) => {
    const ofModel = labels.get(modelName);
    if (ofModel === undefined || needed.get(modelName)?.has(id) !== true) return undefined;
    return ofModel.get(id) ?? null;
  };
}

/** A key that does not fit the column, from before its type changed, must not make the query fail. */
function isPossible({ model }: Registration, key: string, id: string): boolean {
  const type = model.getAttributes()[key]?.type;
  switch (typeof type === 'object' && 'key' in type ? type.key : undefined) {
    case 'SMALLINT':
      return /^-?\d{1,4}$/.test(id);
    case 'INTEGER':
      return /^-?\d{1,10}$/.test(id) && Math.abs(Number(id)) < 2 ** 31;
    case 'BIGINT':
      return /^-?\d{1,18}$/.test(id);
    case 'UUID':
      return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);
    default:
      return true;
  }
}
