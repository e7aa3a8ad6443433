import type { RecordedValues } from '../read/as-of.ts';
import type { JsonValue } from '../values.ts';
import { sameJson } from '../values.ts';
import { type FieldHistory, type FieldWrite, fieldHistory, unbrokenStreak } from './field-history.ts';
import type { HistoryEntry, TouchedRecord } from './histories.ts';
import { ownCreation } from './histories.ts';
import { planLinks } from './links.ts';
import type { PlannedField, PlannedRecord, UndoConflict, UndoField } from './undo-plan.ts';

/** Decides what the undo of the selected entries does to one record. */
export function planRecord(record: TouchedRecord): PlannedRecord {
  const planned = planFields(record);
  if (record.present !== null || planned.kind === 'recreate') planLinks(record, planned);
  if (record.present !== null && record.onlyFields === null) noteMadeAgain(record, planned);
  return planned;
}

/** What was made here was deleted by others, who made another record under its id. */
function noteMadeAgain({ history, ours }: TouchedRecord, planned: PlannedRecord): void {
  const creation = history.findLast(({ action }) => action === 'create');
  const isOther = creation !== undefined && !ours.has(creation.id);
  const isMadeHere = history.some(({ id, action }) => ours.has(id) && action === 'create');
  if (!isOther || !isMadeHere || planned.conflicts.length + planned.fields.length > 0) return;
  const { actorEmail, id: entryId } = creation;
  const message = `${actorEmail} made it again since it was deleted.`;
  planned.conflicts.push({ ...byNobody, reason: 'changed', actorEmail, entryId, message });
}

function planFields(record: TouchedRecord): PlannedRecord {
  const { onlyFields, present, history, ours } = record;
  if (onlyFields !== null) return present === null ? gone(record) : restore(record, fieldsOf(record));
  if (present === null) {
    const last = history.findLast(({ action }) => action === 'create' || action === 'delete');
    return last?.action === 'delete' && ours.has(last.id) ? recreate(record, last) : gone(record);
  }
  const creation = ownCreation(history, ours);
  return creation === null ? restore(record, fieldsOf(record)) : remove(record, present, creation);
}

/** The fields that selected entries have changed. */
function fieldsOf({ history, ours, registration, onlyFields }: TouchedRecord): string[] {
  const selected = history.filter(({ id }) => ours.has(id));
  const fields = selected.some(({ action }) => action !== 'update')
    ? registration.attributes
    : [...new Set(selected.flatMap(({ changes }) => Object.keys(changes)))].sort();
  return fields.filter((field) => onlyFields?.has(field) ?? true);
}

function restore(record: TouchedRecord, fields: readonly string[]): PlannedRecord {
  const planned: PlannedRecord = { kind: 'none', fields: [], conflicts: [], alreadyUndone: [] };
  for (const field of fields) restoreField(record, field, planned);
  if (planned.fields.length > 0) planned.kind = 'restore';
  return planned;
}

function restoreField(record: TouchedRecord, field: string, planned: PlannedRecord): void {
  const { registration, ours, present } = record;
  const history = fieldHistory(record, field);
  const value = present?.[field];
  const newest = history.writes.at(-1);
  if (newest === undefined || present === null || value === undefined) return;
  const streak = unbrokenStreak(history, ours);
  const [first] = streak;
  if (first !== undefined && registration.masked.has(field)) {
    const message = `The log does not know the values of ${field}: they are masked.`;
    planned.conflicts.push({ ...byNobody, field, reason: 'masked', message });
  } else if (first === undefined) {
    const latest = lastOurs(history, ours);
    if (latest === undefined || ours.has(newest.entry.id)) return;
    if (sameJson(value, latest.old)) planned.alreadyUndone.push(field);
    else planned.conflicts.push(changedSince(field, newest.entry, value));
  } else if (sameJson(value, first.old)) {
    planned.alreadyUndone.push(field);
  } else if (sameJson(value, newest.now)) {
    planned.fields.push(undoField(history, streak, value));
  } else {
    const message = `${field} has a value that no log entry tells of: it was changed outside the audit log.`;
    planned.conflicts.push({ ...byNobody, field, value, reason: 'unrecorded', message });
  }
}

/** The oldest of our latest writes in a row: what would have returned, had nobody written since. */
function lastOurs({ writes }: FieldHistory, ours: ReadonlySet<string>): FieldWrite | undefined {
  const end = writes.findLastIndex(({ entry }) => ours.has(entry.id) && entry.action !== 'create');
  return end === -1 ? undefined : unbrokenStreak({ writes: writes.slice(0, end + 1) }, ours)[0];
}

function undoField(history: FieldHistory, streak: readonly FieldWrite[], now: JsonValue): PlannedField {
  const [first] = streak;
  if (first === undefined) throw new TypeError('A field that returns was written at least once.');
  return {
    field: first.field,
    now,
    was: first.old,
    entryIds: streak.flatMap(({ entryIds }) => entryIds),
    author: authorBefore(history, first),
  };
}

function authorBefore({ writes }: FieldHistory, first: FieldWrite): UndoField['author'] | undefined {
  const before = writes[writes.indexOf(first) - 1];
  if (before === undefined) return first.entry.action === 'create' ? null : undefined;
  const { authors, actorEmail, id } = before.entry;
  return authors !== null && Object.hasOwn(authors, first.field)
    ? (authors[first.field] ?? null)
    : { actorEmail, entryId: id };
}

function remove(record: TouchedRecord, present: RecordedValues, creation: HistoryEntry): PlannedRecord {
  const { history, ours, registration } = record;
  const since = history.slice(history.indexOf(creation));
  const edit = since.findLast(({ id }) => !ours.has(id));
  const differing = registration.attributes.filter((field) => {
    const written = fieldHistory(record, field).writes.at(-1)?.now ?? null;
    const value = present[field] ?? null;
    return registration.masked.has(field)
      ? (value === null) !== (written === null)
      : !sameJson(value, written);
  });
  if (edit === undefined && differing.length === 0) {
    const entryIds = since.map(({ id }) => id);
    const fields = registration.attributes
      .filter((field) => (present[field] ?? null) !== null && !registration.masked.has(field))
      .map((field) => ({ field, now: present[field] ?? null, was: null, entryIds, author: null }));
    const ifKept = restore(record, fieldsOf(record));
    return { kind: 'remove', fields, conflicts: [], alreadyUndone: [], ifKept };
  }
  const kept = restore(record, fieldsOf(record));
  kept.conflicts.unshift(
    edit === undefined
      ? {
          ...byNobody,
          reason: 'unrecorded',
          message: `It is kept: ${differing.join(', ')} ${differing.length === 1 ? 'was' : 'were'} changed outside the audit log.`,
        }
      : {
          ...byNobody,
          reason: 'edited',
          actorEmail: edit.actorEmail,
          entryId: edit.id,
          message: `It is kept: ${edit.actorEmail} edited it since it was made.`,
        },
  );
  return kept;
}

function recreate(record: TouchedRecord, deletion: HistoryEntry): PlannedRecord {
  const { history, ours, registration } = record;
  const before = history.slice(0, history.indexOf(deletion));
  const creation = ownCreation(before, ours);
  const edit = creation && before.slice(before.indexOf(creation)).findLast(({ id }) => !ours.has(id));
  // Made and deleted by the same hand: there was nothing before, and there is nothing now.
  if (creation !== null && !edit)
    return { kind: 'none', fields: [], conflicts: [], alreadyUndone: [...registration.attributes] };
  const planned: PlannedRecord = { kind: 'recreate', fields: [], conflicts: [], alreadyUndone: [] };
  if (edit) {
    planned.conflicts.push({
      ...byNobody,
      reason: 'edited',
      actorEmail: edit.actorEmail,
      entryId: edit.id,
      message: `It returns although it was made by what is undone: ${edit.actorEmail} edited it in between.`,
    });
  }
  for (const field of registration.attributes) {
    const fieldWrites = fieldHistory(record, field);
    const streak = unbrokenStreak(fieldWrites, ours);
    const was = streak[0]?.old ?? null;
    // Nothing was there, nothing was written: nothing returns.
    if (was === null && streak.every(({ entry }) => entry.action === 'delete')) continue;
    if (was !== null && registration.masked.has(field)) {
      const message = `${field} returns empty: it is masked, so the log does not know its value.`;
      planned.conflicts.push({ ...byNobody, field, reason: 'masked', message });
    } else planned.fields.push(undoField(fieldWrites, streak, null));
  }
  return planned;
}

/** A record that is not there, and was not deleted by what is undone. */
function gone({ history, ours, onlyFields }: TouchedRecord): PlannedRecord {
  const planned: PlannedRecord = { kind: 'none', fields: [], conflicts: [], alreadyUndone: [] };
  const deletion = history.findLast(({ action }) => action === 'delete');
  const creation = history.findLast(({ action }) => action === 'create');
  if (onlyFields === null && creation !== undefined && ours.has(creation.id)) {
    planned.alreadyUndone.push(...Object.keys(creation.changes));
    return planned;
  }
  const conflict: Pick<UndoConflict, 'reason' | 'actorEmail' | 'entryId' | 'message'> =
    deletion === undefined
      ? {
          reason: 'unrecorded',
          actorEmail: null,
          entryId: null,
          message: 'It does not exist any more, and no log entry tells who deleted it.',
        }
      : {
          reason: 'deleted',
          actorEmail: deletion.actorEmail,
          entryId: deletion.id,
          message: `${deletion.actorEmail} deleted it since.`,
        };
  planned.conflicts.push({ ...byNobody, ...conflict });
  return planned;
}

const byNobody = { field: null, actorEmail: null, entryId: null, value: null } as const;

function changedSince(field: string, { actorEmail, id }: HistoryEntry, value: JsonValue): UndoConflict {
  const message = `${actorEmail} changed ${field} since.`;
  return { field, reason: 'changed', actorEmail, entryId: id, value, message };
}
