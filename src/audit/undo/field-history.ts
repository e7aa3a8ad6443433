import type { FieldChanges } from '../log-entry.ts';
import { type JsonValue, sameJson } from '../values.ts';
import type { HistoryEntry, TouchedRecord } from './histories.ts';

/** One write of a field: what it was, what it became. A creation and a deletion write every field. */
export interface FieldWrite {
  readonly field: string;
  readonly entry: HistoryEntry;
  /** Of a deletion and the creation that followed it, both; else the entry's own. */
  readonly entryIds: readonly string[];
  readonly old: JsonValue;
  readonly now: JsonValue;
}

export interface FieldHistory {
  /** The oldest first. */
  readonly writes: readonly FieldWrite[];
}

/**
 * The writes of one field in a record's history. A deletion and the creation after it, both selected, count as one
 * write: to the record it is as if it had only been changed.
 */
export function fieldHistory(
  { history, ours }: Pick<TouchedRecord, 'history' | 'ours'>,
  field: string,
): FieldHistory {
  const writes: FieldWrite[] = [];
  for (const entry of history) {
    const change = entry.changes[field];
    if (change !== undefined && !Array.isArray(change)) continue;
    if (change === undefined && entry.action === 'update') continue;
    const [old, now] = change ?? [null, null];
    const before = writes.at(-1);
    const isReturn =
      entry.action === 'create' &&
      before?.entry.action === 'delete' &&
      ours.has(entry.id) &&
      ours.has(before.entry.id);
    if (isReturn) {
      writes.pop();
      const entryIds = [...before.entryIds, entry.id];
      writes.push({ field, entry: { ...entry, action: 'update' }, entryIds, old: before.old, now });
    } else writes.push({ field, entry, entryIds: [entry.id], old: old ?? null, now: now ?? null });
  }
  return { writes };
}

/**
 * The writes at the end of the history that are all ours and follow each other without a gap: what can be taken
 * back. A creation does not count as one: what a record was made with cannot be taken from it.
 */
export function unbrokenStreak({ writes }: FieldHistory, ours: ReadonlySet<string>): readonly FieldWrite[] {
  let start = writes.length;
  while (start > 0) {
    const write = writes[start - 1];
    const later = writes[start];
    if (write === undefined || !ours.has(write.entry.id) || write.entry.action === 'create') break;
    if (later !== undefined && !sameJson(write.now, later.old)) break;
    // Whatever came before a deletion, the record has been gone.
    if (later !== undefined && write.entry.action === 'delete') break;
    start -= 1;
  }
  return writes.slice(start);
}

/**
 * A record's history without what earlier undos took back, and without these undos: whoever undoes a later change
 * has not written the value that returned by it, so it can be taken back in turn. What is selected stays: an undo
 * of it means that it is undone already.
 */
export function withoutUndone(
  history: readonly HistoryEntry[],
  ours: ReadonlySet<string>,
): readonly HistoryEntry[] {
  if (history.every(({ takesBack }) => takesBack.length === 0)) return history;
  let kept: HistoryEntry[] = [];
  for (const entry of history) {
    if (ours.has(entry.id) || entry.takesBack.length === 0) kept.push(entry);
    else if (entry.action === 'create') kept = withoutDeletion(kept, entry, ours);
    else if (entry.action === 'update') kept = withoutUpdates(kept, entry, ours);
    else kept = withoutCreation(kept, entry, ours);
  }
  return kept;
}

/** Fields whose writes at the end were all taken back by the undo, down to the value that it brought back. */
function withoutUpdates(
  history: readonly HistoryEntry[],
  undo: HistoryEntry,
  ours: ReadonlySet<string>,
): HistoryEntry[] {
  let kept = [...history];
  const left: FieldChanges = {};
  for (const [field, change] of Object.entries(undo.changes)) {
    const undone = Array.isArray(change) ? undoneWrites(kept, undo, field, change[1], ours) : null;
    if (undone === null || undone.some(({ action }) => action !== 'update')) left[field] = change;
    else kept = without(kept, undone, field);
  }
  return Object.keys(left).length === 0 ? kept : [...kept, { ...undo, changes: left }];
}

/** A deletion and the return of the record, if it returned in all fields as it had been. */
function withoutDeletion(
  history: readonly HistoryEntry[],
  undo: HistoryEntry,
  ours: ReadonlySet<string>,
): HistoryEntry[] {
  const deletion = history.findLast(({ action }) => action !== 'update');
  const fields = new Set([undo, ...history].flatMap(({ changes }) => Object.keys(changes)));
  let kept = history.filter((entry) => entry !== deletion);
  for (const field of fields) {
    const change = undo.changes[field] ?? [null, null];
    const undone = Array.isArray(change) ? undoneWrites(history, undo, field, change[1], ours) : null;
    if (deletion === undefined || undone?.at(-1) !== deletion) return [...history, undo];
    kept = without(kept, undone, field);
  }
  return kept;
}

/** A creation, all that followed it, and the removal of the record. */
function withoutCreation(
  history: readonly HistoryEntry[],
  undo: HistoryEntry,
  ours: ReadonlySet<string>,
): HistoryEntry[] {
  const start = history.findLastIndex(({ action }) => action !== 'update');
  const undone = start === -1 ? [] : history.slice(start);
  // On its way to the removal an undo may let go of what the record points to: that takes back no more than it.
  const isTakenBack = ({ id, takesBack }: HistoryEntry) =>
    undo.takesBack.includes(id) ||
    (takesBack.length > 0 && takesBack.every((taken) => undo.takesBack.includes(taken)));
  const isUndone = (entry: HistoryEntry) => isTakenBack(entry) && !ours.has(entry.id);
  return undone[0]?.action === 'create' && undone.every(isUndone)
    ? history.slice(0, start)
    : [...history, undo];
}

/**
 * The writes of a field that the undo took back, the oldest first; null when they do not lead back to the value
 * that it brought, or when any of them is selected.
 */
function undoneWrites(
  history: readonly HistoryEntry[],
  { takesBack }: HistoryEntry,
  field: string,
  value: JsonValue,
  ours: ReadonlySet<string>,
): HistoryEntry[] | null {
  const writes = history.filter(({ action, changes }) => action !== 'update' || field in changes);
  const undone = writes.slice(writes.findLastIndex(({ id }) => !takesBack.includes(id)) + 1);
  const [first] = undone;
  const change = first?.changes[field] ?? [null, null];
  const leadsBack = first !== undefined && Array.isArray(change) && sameJson(change[0], value);
  return leadsBack && !undone.some(({ id }) => ours.has(id)) ? undone : null;
}

/** The history as if these entries had not written the field. */
function without(
  history: readonly HistoryEntry[],
  writes: readonly HistoryEntry[],
  field: string,
): HistoryEntry[] {
  const ids = new Set(writes.map(({ id }) => id));
  return history.flatMap((entry) => {
    if (!ids.has(entry.id)) return [entry];
    const changes = Object.fromEntries(Object.entries(entry.changes).filter(([name]) => name !== field));
    return Object.keys(changes).length === 0 ? [] : [{ ...entry, changes }];
  });
}
