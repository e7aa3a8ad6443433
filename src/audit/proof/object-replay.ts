import { logActions } from '../log-entry.ts';
import type { Registration } from '../registration.ts';
import { type JsonValue, sameJson } from '../values.ts';

/** In which ways the log and the tables can disagree. */
export const logProblemKinds = {
  'row-without-create': 'The row is there, but no entry says that it was created.',
  'entry-without-row': 'The entries say that the row is there, and it is not.',
  'row-after-delete': 'The last entry says that the row was deleted, and it is there.',
  'value-differs': 'The row holds another value than the last entry says.',
  'chain-broken': "An entry's old value is not the new value of the entry before: changed outside the log.",
} as const;

export type LogProblemKind = keyof typeof logProblemKinds;

/** One place where replaying the log does not give the table. */
export interface LogProblem {
  readonly model: string;
  readonly objectId: string;
  readonly kind: LogProblemKind;
  /** The attribute; null where the whole row is meant. */
  readonly field: string | null;
  /** What the log says so far; null where the whole row is meant. */
  readonly expected: JsonValue;
  /** What the row, or the entry in question, says. */
  readonly actual: JsonValue;
  /** The entry in question: the one that says `expected`, or whose old value does not fit. */
  readonly entryId: string | null;
}

const create = logActions.indexOf('create');
const update = logActions.indexOf('update');
const remove = logActions.indexOf('delete');

/** Replays the entries of one record after another and compares the end of each with its row. */
export class ObjectReplay {
  #modelName: string;
  #attributes: readonly string[];
  #masked: readonly boolean[];
  #indexes: ReadonlyMap<string, number>;
  #report: (problem: LogProblem) => void;
  #prunedTo: bigint;
  #objectId = '';
  /** Whether the row is there, by the entries so far; null before the first. */
  #exists: boolean | null = null;
  #values: JsonValue[] = [];
  /** Per attribute, the entry that set it; undefined while the entries so far say nothing of it. */
  #setBy: (string | undefined)[] = [];
  #lastEntry: string | null = null;

  /** @param prunedTo up to this entry retention has left gaps, so that old values need not fit */
  constructor(registration: Registration, prunedTo: bigint, report: (problem: LogProblem) => void) {
    this.#prunedTo = prunedTo;
    this.#modelName = registration.modelName;
    this.#attributes = registration.attributes;
    this.#masked = registration.attributes.map((name) => registration.masked.has(name));
    this.#indexes = new Map(registration.attributes.map((name, index) => [name, index]));
    this.#report = report;
  }

  /** Begins with another record. */
  begin(objectId: string): void {
    this.#objectId = objectId;
    this.#exists = null;
    this.#lastEntry = null;
  }

  /** @param changes `log_entries.changes` as text. */
  entry(id: string, action: number, changes: string): void {
    const parsed: unknown = JSON.parse(changes);
    const fields = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : [];
    // What was attached says nothing of the row, and may come before the entry that the row was made by.
    if (action === update && fields.length > 0 && fields.every(([, change]) => !Array.isArray(change)))
      return;
    if (action === create) this.#create(id);
    else if (this.#exists !== true) this.#appear(id);
    this.#lastEntry = id;
    for (const [field, change] of fields) {
      const index = this.#indexes.get(field);
      // Not recorded any more, or of a relation: those are objects.
      if (index === undefined || !Array.isArray(change)) continue;
      this.#change(id, index, change[0] ?? null, change[1] ?? null);
    }
    if (action === remove) this.#delete(id);
  }

  /** @param row the values of the attributes, in their order; null when there is no row. */
  end(row: readonly JsonValue[] | null): void {
    if (this.#exists === null) this.#problem('row-without-create', null, null, null, null);
    else if (row === null && this.#exists)
      this.#problem('entry-without-row', null, null, null, this.#lastEntry);
    else if (row !== null && !this.#exists)
      this.#problem('row-after-delete', null, null, null, this.#lastEntry);
    else if (row !== null) this.#compare(row);
  }

  #create(id: string): void {
    // A second creation: the row must have been deleted outside the log.
    if (this.#exists === true) this.#problem('chain-broken', null, null, null, id);
    this.#exists = true;
    for (let index = 0; index < this.#attributes.length; index += 1) {
      this.#values[index] = null;
      this.#setBy[index] = id;
    }
  }

  /** An update or deletion of a row that, by the log, is not there. */
  #appear(id: string): void {
    this.#problem(this.#exists === null ? 'row-without-create' : 'chain-broken', null, null, null, id);
    this.#exists = true;
    this.#setBy.fill(undefined, 0);
    this.#setBy.length = this.#attributes.length;
  }

  #change(id: string, index: number, old: JsonValue, now: JsonValue): void {
    const expected = this.#values[index] ?? null;
    const isChecked = this.#setBy[index] !== undefined && BigInt(id) > this.#prunedTo;
    if (isChecked && !this.#isSame(index, expected, old)) {
      this.#problem('chain-broken', index, expected, old, id);
    }
    this.#values[index] = now;
    this.#setBy[index] = id;
  }

  /** The deletion's old values were compared; what it does not name must have been null. */
  #delete(id: string): void {
    this.#exists = false;
    for (let index = 0; index < this.#attributes.length; index += 1) {
      const value = this.#values[index] ?? null;
      const setBy = this.#setBy[index];
      if (setBy !== undefined && value !== null) this.#problem('chain-broken', index, value, null, id);
    }
  }

  #compare(row: readonly JsonValue[]): void {
    for (let index = 0; index < this.#attributes.length; index += 1) {
      const setBy = this.#setBy[index];
      if (setBy === undefined) continue;
      const expected = this.#values[index] ?? null;
      const actual = row[index] ?? null;
      if (!this.#isSame(index, expected, actual))
        this.#problem('value-differs', index, expected, actual, setBy);
    }
  }

  /** Of a masked value the log only knows whether it was null. */
  #isSame(index: number, a: JsonValue, b: JsonValue): boolean {
    return this.#masked[index] === true ? (a === null) === (b === null) : sameJson(a, b);
  }

  #problem(
    kind: LogProblemKind,
    index: number | null,
    expected: JsonValue,
    actual: JsonValue,
    entryId: string | null,
  ): void {
    const hidden = index !== null && this.#masked[index] === true;
    this.#report({
      model: this.#modelName,
      objectId: this.#objectId,
      kind,
      field: index === null ? null : (this.#attributes[index] ?? null),
      expected: hidden ? shown(expected) : expected,
      actual: hidden ? shown(actual) : actual,
      entryId,
    });
  }
}

/** A row's masked value is as secret in a report as it is in the log. */
function shown(value: JsonValue): JsonValue {
  return value === null ? null : '********';
}
