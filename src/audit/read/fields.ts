import type { Registration } from '../registration.ts';
import type { JsonValue } from '../values.ts';

const maxDepth = 20;

/** JSON on one line with sorted keys, so that equal values look equal. What is nested deeper is "…". */
export function jsonText(value: JsonValue, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) return `[${value.map((inner) => jsonText(inner, depth + 1)).join(', ')}]`;
  const fields = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}: ${jsonText(inner, depth + 1)}`);
  return `{${fields.join(', ')}}`;
}

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

/** How a field is to be shown. */
export interface FieldDescription {
  /** What people call it: as registered, else the name of the association, else the field's name in words. */
  readonly name: string;
  readonly kind: 'time' | 'foreignKey' | 'other';
  /** The model that a foreign key points to. */
  readonly target: string | null;
}

/** Describes a field; also one that is unknown, of a model that is unknown. */
export function describeField(registration: Registration | undefined, field: string): FieldDescription {
  const names = registration?.displayNames ?? {};
  const given = Object.hasOwn(names, field) ? names[field] : undefined;
  const association = registration === undefined ? undefined : associationOf(registration, field);
  const name = given ?? inWords(association?.as ?? field);
  if (registration === undefined || registration.masked.has(field))
    return { name, kind: 'other', target: null };
  if (association !== undefined) return { name, kind: 'foreignKey', target: association.target };
  return { name, kind: isTime(registration, field) ? 'time' : 'other', target: null };
}

/** The association whose foreign key the field is, if it points to the target's primary key. */
function associationOf({ model }: Registration, field: string): { as: string; target: string } | undefined {
  for (const { associationType, foreignKey, as, target, ...rest } of Object.values(model.associations)) {
    if (associationType !== 'BelongsTo' || foreignKey !== field) continue;
    if ('targetKey' in rest && rest.targetKey !== target.primaryKeyAttribute) continue;
    return { as, target: target.name };
  }
  return undefined;
}

function isTime({ model }: Registration, field: string): boolean {
  const attributes = model.getAttributes();
  const type = Object.hasOwn(attributes, field) ? attributes[field]?.type : undefined;
  return typeof type === 'object' && 'key' in type && type.key === 'DATE';
}

/** "startDate" and "start_date" as "start date"; acronyms stay in capitals: "source URL". */
function inWords(field: string): string {
  return field
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_]+/)
    .filter((word) => word !== '')
    .map((word) => (/^\p{Lu}{2,}$/u.test(word) ? word : word.toLowerCase()))
    .join(' ');
}
