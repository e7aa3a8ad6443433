import { auditlog } from '../auditlog.ts';
import type { Registration } from '../registration.ts';
import type { RenderedEntry } from './entry-table.ts';
import { readChanges } from './field-change.ts';
import { describeField } from './field-description.ts';

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
