import { isDeepStrictEqual } from 'node:util';
import type { FieldChanges } from '../changes.ts';
import type { JsonValue } from '../json-value.ts';
import type { LogAction } from '../log-action.ts';
import { readChanges } from './field-change.ts';

/** Recorded fields by name, in the JSON that entries hold; a many-to-many field is the sorted ids. */
export type RecordedValues = Record<string, JsonValue>;

/** A record as its entries tell it, one after the other. */
export class Replay {
  readonly #recorded: readonly string[];
  #values: Map<string, JsonValue> | null = null;

  /** @param recorded the fields that a new record has though its entry is silent about those that are null */
  constructor(recorded: readonly string[]) {
    this.#recorded = recorded;
  }

  /** Takes the record's next entry. */
  apply({ action, changes }: { action: LogAction; changes: FieldChanges }): void {
    if (action === 'access') return;
    if (action === 'delete') {
      this.#values = null;
      return;
    }
    const values =
      action === 'create'
        ? new Map<string, JsonValue>(this.#recorded.map((field) => [field, null]))
        : (this.#values ?? new Map<string, JsonValue>());
    for (const change of readChanges(changes)) {
      if (change.kind === 'value') values.set(change.field, change.new);
      if (change.kind === 'm2m') {
        const attached = values.get(change.field);
        const others = (Array.isArray(attached) ? attached : []).filter(
          (id) => typeof id !== 'string' || !change.ids.includes(id),
        );
        values.set(change.field, change.operation === 'add' ? [...others, ...change.ids].sort() : others);
      }
    }
    this.#values = values;
  }

  /** Null while the record does not exist. */
  values(): RecordedValues | null {
    return this.#values === null ? null : Object.fromEntries(this.#values);
  }

  /** Whether the record exists and has these values. */
  matches(where: RecordedValues): boolean {
    const values = this.#values;
    if (values === null) return false;
    return Object.entries(where).every(([field, value]) => isDeepStrictEqual(values.get(field), value));
  }
}
