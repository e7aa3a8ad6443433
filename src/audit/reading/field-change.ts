import type { JsonValue } from '../json-value.ts';
import { jsonText } from './json-text.ts';

/** What an entry says of one field. */
export type FieldChange =
  | { readonly kind: 'value'; readonly field: string; readonly old: JsonValue; readonly new: JsonValue }
  | {
      readonly kind: 'm2m';
      readonly field: string;
      readonly operation: 'add' | 'delete';
      /** Labels and object ids in the same order; an id is missing in entries that kept only labels. */
      readonly objects: readonly string[];
      readonly ids: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly field: string; readonly value: JsonValue };

/** The fields of an entry's `changes`, sorted by name. Takes whatever the column may hold. */
export function readChanges(changes: unknown): FieldChange[] {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return [];
  return Object.entries(changes)
    .map(([field, change]) => readChange(field, change))
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}

function readChange(field: string, change: unknown): FieldChange {
  if (Array.isArray(change) && change.length === 2) {
    return { kind: 'value', field, old: asJson(change[0]), new: asJson(change[1]) };
  }
  const { type, operation, objects, ids } = typeof change === 'object' ? { ...none, ...change } : none;
  if (type === 'm2m' && (operation === 'add' || operation === 'delete') && Array.isArray(objects)) {
    return {
      kind: 'm2m',
      field,
      operation,
      objects: objects.map(asText),
      ids: Array.isArray(ids) ? ids.map(asText) : [],
    };
  }
  return { kind: 'unreadable', field, value: asJson(change) };
}

const none: { type?: unknown; operation?: unknown; objects?: unknown; ids?: unknown } = {};

function asText(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(asJson(value));
}

function asJson(value: unknown): JsonValue {
  return isJson(value) ? value : null;
}

/** Looks at the outside only: what was parsed from JSON is JSON all the way down, however deep that is. */
function isJson(value: unknown): value is JsonValue {
  return ['string', 'number', 'boolean', 'object'].includes(typeof value);
}
