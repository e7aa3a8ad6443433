import type { JsonValue } from '../../audit/index.ts';
import { type FieldChange, readChanges } from '../../audit/read/index.ts';
import type { ExportedChange } from './stream-changes.ts';

/** The columns of exported changes: one row for each changed field. */
export const changeColumns = [
  'id',
  'at',
  'run',
  'spider',
  'actor_email',
  'model',
  'record_id',
  'record_label',
  'action',
  'field',
  'was',
  'now',
  'source_url',
  'verdict',
] as const;

export type ChangeRow = Record<(typeof changeColumns)[number], string | null>;

/** A change as rows of a table. Values that are no text are JSON; what is empty is empty. */
export function changeRows({ entry, verdict, spider }: ExportedChange): ChangeRow[] {
  const shared = {
    id: entry.id,
    at: entry.timestamp.toISOString(),
    run: entry.runId,
    spider,
    actor_email: entry.actorEmail,
    model: entry.model,
    record_id: entry.objectId,
    record_label: entry.objectLabel,
    action: entry.action,
    source_url: entry.sourceUrl,
    verdict,
  };
  const changes = readChanges(entry.changes);
  if (changes.length === 0) return [{ ...shared, field: null, was: null, now: null }];
  return changes.map((change) => ({ ...shared, field: change.field, ...wasAndNow(change) }));
}

function wasAndNow(change: FieldChange): Pick<ChangeRow, 'was' | 'now'> {
  if (change.kind === 'value') return { was: text(change.old), now: text(change.new) };
  if (change.kind === 'unreadable') return { was: null, now: text(change.value) };
  const objects = change.objects.join(', ');
  return change.operation === 'add' ? { was: null, now: objects } : { was: objects, now: null };
}

function text(value: JsonValue): string | null {
  return value === null || typeof value === 'string' ? value : JSON.stringify(value);
}
