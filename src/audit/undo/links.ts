import { BelongsToMany, type Model, type ModelStatic, type Transaction } from 'sequelize';
import { joinModelOf } from '../../database/sequelize-internals.ts';
import type { Registration } from '../registration.ts';
import type { HistoryEntry, TouchedRecord } from './histories.ts';
import type { PlannedField, PlannedRecord, StepGroup, UndoStep } from './undo-plan.ts';
import { inUndoOf } from './undone.ts';

/** A recorded many-to-many relation between records that are pointed to by their primary keys. */
export interface Relation {
  readonly alias: string;
  readonly through: ModelStatic<Model>;
  /** The attributes of the through model that point to the owner and to the related record. */
  readonly ownerKey: string;
  readonly relatedKey: string;
  /** What the relation's own rows have besides. */
  readonly scope: Readonly<Record<string, unknown>>;
}

/** The relations that are recorded on a model. */
export function relationsOf({ model, manyToMany, primaryKeys }: Registration): Relation[] {
  return manyToMany.flatMap((alias) => {
    const association = model.associations[alias];
    if (!(association instanceof BelongsToMany)) return [];
    const { sourceKey, targetKey, target, foreignKey, otherKey } = association;
    if (sourceKey !== primaryKeys[0] || targetKey !== target.primaryKeyAttribute) return [];
    const { model: through, scope } = joinModelOf(association);
    return { alias, through, ownerKey: foreignKey, relatedKey: otherKey, scope: Object.fromEntries(scope) };
  });
}

/** Whether a field of a plan is a relation, and its values lists of ids: `now` leave, `was` join again. */
export function isRelation({ manyToMany }: Registration, field: string): boolean {
  return manyToMany.includes(field);
}

/** What is attached to each of some records at present, by object id. */
export async function presentLinks(
  { through, ownerKey, relatedKey, scope }: Relation,
  objectIds: readonly string[],
  transaction?: Transaction,
): Promise<Map<string, Set<string>>> {
  const rows = await through.unscoped().findAll({
    where: { ...scope, [ownerKey]: [...objectIds] },
    attributes: [ownerKey, relatedKey],
    ...(transaction && { transaction }),
  });
  const links = new Map<string, Set<string>>();
  for (const row of rows) {
    const owner = String(row.get(ownerKey));
    links.set(owner, (links.get(owner) ?? new Set()).add(String(row.get(relatedKey))));
  }
  return links;
}

/** Attaches and detaches what a step says of the relations of its record. */
export async function changeLinks(row: Model, { fields }: UndoStep, group: StepGroup): Promise<void> {
  const { registration, transaction } = group;
  for (const field of fields.filter((each) => isRelation(registration, each.field))) {
    const association = registration.model.associations[field.field];
    if (!(association instanceof BelongsToMany))
      throw new TypeError(`${field.field} is no belongsToMany association.`);
    const change = (accessor: 'addMultiple' | 'removeMultiple', ids: unknown) => {
      if (!Array.isArray(ids) || ids.length === 0) return;
      const method: unknown = Reflect.get(row, association.accessors[accessor]);
      if (typeof method !== 'function') throw new TypeError(`${field.field} has no ${accessor}.`);
      return Reflect.apply(method, row, [ids, { transaction }]);
    };
    await inUndoOf({ fields: [field] }, group, async () => {
      await change('removeMultiple', field.now);
      await change('addMultiple', field.was);
    });
  }
}

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
