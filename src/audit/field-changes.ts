import { isDeepStrictEqual } from 'node:util';
import type { FieldChanges } from './changes.ts';
import { type JsonValue, jsonValue } from './json-value.ts';
import type { Registration, RowValues } from './registration.ts';

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
    changes[attribute] = [shown(registration, attribute, old), shown(registration, attribute, now)];
  }
  return changes;
}

/** Null is never masked, so that setting and clearing can be told apart. */
export function shown(registration: Registration, attribute: string, value: JsonValue): JsonValue {
  return value === null || !registration.masked.has(attribute) ? value : registration.maskValue(value);
}

function isEqual(old: JsonValue, now: JsonValue): boolean {
  if (old === now) return true;
  return typeof old === 'object' && typeof now === 'object' && isDeepStrictEqual(old, now);
}
