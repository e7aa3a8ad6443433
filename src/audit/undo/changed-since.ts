import { isDeepStrictEqual } from 'node:util';
import { auditlog } from '../auditlog.ts';
import type { JsonValue } from '../json-value.ts';
import { readChanges } from '../reading/field-change.ts';
import type { LogEntryRow } from '../reading/log-entry-row.ts';
import { presentRecords } from './present-records.ts';

/** The fields of a change that hold something else by now, and what. Empty for a record that is gone. */
export async function changedSince({
  model,
  objectId,
  changes,
}: LogEntryRow): Promise<Map<string, JsonValue>> {
  const registration = auditlog.registrations().find(({ modelName }) => modelName === model);
  const present =
    registration === undefined ? undefined : (await presentRecords(registration, [objectId])).get(objectId);
  if (present === undefined || registration === undefined) return new Map();
  return new Map(
    readChanges(changes).flatMap((change) => {
      const now = present[change.field];
      const isOther = change.kind === 'value' && now !== undefined && !isDeepStrictEqual(now, change.new);
      return isOther && !registration.masked.has(change.field) ? [[change.field, now] as const] : [];
    }),
  );
}
