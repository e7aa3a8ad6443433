import { isDeepStrictEqual } from 'node:util';
import { type JsonValue, jsonValue } from './json-value.ts';
import type { Registration, RowValues } from './registration.ts';

/** `{ field: [old, new] }` in native JSON, as `log_entries.changes` holds it. */
export type FieldChanges = Record<string, [JsonValue, JsonValue]>;

/** What a masked value is shown as. Null stays null, so that setting and clearing can be told apart. */
const mask = '********';

/**
 * Which recorded fields differ between two states of a row. Both states must come from the database, so
 * that equal values have equal forms ("1.50" and 1.5 cannot meet here).
 *
 * @param before null for a row that was just created.
 * @param after null for a row that was just deleted.
 */
export function fieldChanges(
  registration: Registration,
  before: RowValues | null,
  after: RowValues | null,
): FieldChanges {
  const changes: FieldChanges = {};
  for (const attribute of registration.attributes) {
    const old = jsonValue(before?.[attribute]);
    const now = jsonValue(after?.[attribute]);
    // Compared before masking: two secrets with one mask are still a change.
    if (isEqual(old, now)) continue;
    changes[attribute] = registration.masked.has(attribute)
      ? [old === null ? null : mask, now === null ? null : mask]
      : [old, now];
  }
  return changes;
}

function isEqual(old: JsonValue, now: JsonValue): boolean {
  if (old === now) return true;
  return typeof old === 'object' && typeof now === 'object' && isDeepStrictEqual(old, now);
}
