import type { PlannedField, PlannedRecord } from './planned-record.ts';
import type { HistoryEntry } from './record-histories.ts';
import type { TouchedRecord } from './touched-record.ts';

interface LinkWrite {
  readonly entry: HistoryEntry;
  readonly isThere: boolean;
}

/** Adds to the plan of a record what happens to its many-to-many relations. */
export function planLinks(record: TouchedRecord, planned: PlannedRecord): void {
  const { registration, onlyFields } = record;
  for (const alias of registration.manyToMany) {
    if (onlyFields !== null && !onlyFields.has(alias)) continue;
    const field = { field: alias, now: [], was: [], entryIds: [], author: null };
    const link: LinkField = { ...field, now: [], was: [], entryIds: [] };
    if (planned.kind === 'remove') detachAll(record, alias, link);
    else
      for (const [id, writes] of writesOf(record, alias)) planLink(record, alias, id, writes, link, planned);
    if (link.now.length + link.was.length === 0) continue;
    planned.fields.push({ ...link, entryIds: [...new Set(link.entryIds)] });
    if (planned.kind === 'none') planned.kind = 'restore';
  }
}

type LinkField = PlannedField & { now: string[]; was: string[]; entryIds: string[] };

/** Per related record, when it joined and left, the oldest first. */
function writesOf({ history }: TouchedRecord, alias: string): Map<string, LinkWrite[]> {
  const writes = new Map<string, LinkWrite[]>();
  for (const entry of history) {
    const change = entry.changes[alias];
    if (change === undefined || Array.isArray(change)) continue;
    for (const id of change.ids)
      writes.set(id, [...(writes.get(id) ?? []), { entry, isThere: change.operation === 'add' }]);
  }
  return writes;
}

function planLink(
  { ours, present, links }: TouchedRecord,
  alias: string,
  id: string,
  writes: readonly LinkWrite[],
  link: LinkField,
  planned: PlannedRecord,
): void {
  const isOurs = ({ entry }: LinkWrite) => ours.has(entry.id);
  const newest = writes.at(-1);
  if (newest === undefined) return;
  const end = planned.kind === 'recreate' ? writes.length : writes.findLastIndex(isOurs) + 1;
  if (end === 0) return;
  const streak = trailing(writes.slice(0, end), isOurs);
  const [first] = streak;
  // What nobody of ours had touched is, after the record was deleted, as it was before.
  const wasThere = first === undefined ? newest.isThere : !first.isThere;
  const isThere = links.get(alias)?.has(id) === true;
  const entryIds = streak.map(({ entry }) => entry.id);
  if (isThere === wasThere) {
    if (present !== null && !planned.alreadyUndone.includes(alias)) planned.alreadyUndone.push(alias);
  } else if (end < writes.length) {
    const { actorEmail, id: entryId } = newest.entry;
    const message = `${actorEmail} changed ${alias} since.`;
    planned.conflicts.push({ field: alias, reason: 'changed', actorEmail, entryId, value: null, message });
  } else {
    (wasThere ? link.was : link.now).push(id);
    link.entryIds.push(...entryIds);
  }
}

function trailing(writes: readonly LinkWrite[], isOurs: (write: LinkWrite) => boolean): readonly LinkWrite[] {
  const start = writes.findLastIndex((write) => !isOurs(write)) + 1;
  return writes.slice(start);
}

/** A record that is removed leaves all its relations first. */
function detachAll({ links, history, ours }: TouchedRecord, alias: string, link: LinkField): void {
  link.now.push(...[...(links.get(alias) ?? [])].sort());
  link.entryIds.push(
    ...history.filter(({ id, changes }) => ours.has(id) && alias in changes).map(({ id }) => id),
  );
}
