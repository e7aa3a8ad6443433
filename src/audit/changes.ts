import type { JsonValue } from './json-value.ts';

/** What `log_entries.changes` holds: `[old, new]` per field in native JSON, or what joined or left a relation. */
export type FieldChanges = Record<string, [JsonValue, JsonValue] | ManyToManyChange>;

/** Records that were attached to, or detached from, a record through a many-to-many association. */
export interface ManyToManyChange {
  type: 'm2m';
  operation: 'add' | 'delete';
  /** Labels, and the object ids in the same order. */
  objects: string[];
  ids: string[];
}
