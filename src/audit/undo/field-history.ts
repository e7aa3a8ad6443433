import type { JsonValue } from '../json-value.ts';
import { sameJson } from '../proof/same-json.ts';
import type { HistoryEntry } from './record-histories.ts';
import type { TouchedRecord } from './touched-record.ts';

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
 * back. A creation is none of them: what a record was made with cannot be taken from it.
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
