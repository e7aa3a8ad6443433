import { QueryTypes, type Sequelize } from 'sequelize';
import { logActions } from '../log-entry.ts';
import type { LogEntryFilter, ReadingContext } from '../read/filter.ts';
import type { RecordKey } from '../read/history.ts';
import { presentRecords } from '../read/present-records.ts';
import { findLogEntries } from '../read/search.ts';
import type { Registration } from '../registration.ts';
import { withoutUndone } from './field-history.ts';
import { type HistoryStart, missingAuthors, recordHistories } from './histories.ts';
import { presentLinks, relationsOf } from './links.ts';
import { planRecord } from './plan-record.ts';
import type { PlannedField, PlannedRecord, UndoField, UndoSelection } from './undo-plan.ts';

/** A selected entry: its id and its record. */
export interface SelectedEntry extends RecordKey {
  readonly id: string;
}

const pageSize = 10_000;

/** The entries that a selection means, up to the watermark. What only read a record does not count. */
export async function selectEntries(
  sequelize: Sequelize,
  { filter, entryIds }: UndoSelection,
  watermark: string,
  context: ReadingContext,
): Promise<SelectedEntry[]> {
  if (filter === undefined) return await entriesWithIds(sequelize, entryIds ?? []);
  const selected = await fittingEntries(sequelize, filter, watermark, context);
  if (filter.field === undefined || filter.action !== undefined) return selected;
  // Creations and deletions write every field, but tell only of those that are not empty: these count too.
  const whole = await fittingEntries(
    sequelize,
    { ...filter, field: undefined, action: ['create', 'delete'] },
    watermark,
    context,
  );
  const known = new Set(selected.map(({ id }) => id));
  const records = new Set(selected.map(recordText));
  return [...selected, ...whole.filter((entry) => records.has(recordText(entry)) && !known.has(entry.id))];
}

async function fittingEntries(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  watermark: string,
  context: ReadingContext,
): Promise<SelectedEntry[]> {
  const selected: SelectedEntry[] = [];
  let before: string | undefined = String(BigInt(watermark) + 1n);
  while (before !== undefined) {
    const page = await findLogEntries(sequelize, filter, { limit: pageSize, before }, context);
    for (const { id, model, objectId, action } of page.entries)
      if (action !== 'access') selected.push({ id, model, objectId });
    before = page.next ?? undefined;
  }
  return selected;
}

function recordText({ model, objectId }: RecordKey): string {
  return JSON.stringify([model, objectId]);
}

function entriesWithIds(sequelize: Sequelize, ids: readonly string[]): Promise<SelectedEntry[]> {
  return sequelize.query<SelectedEntry>(
    `SELECT id, model, object_id AS "objectId" FROM log_entries
     WHERE id = ANY($1::bigint[]) AND action <> ${logActions.indexOf('access')}`,
    { bind: [[...ids]], type: QueryTypes.SELECT },
  );
}

/** A step before it has its place in the plan. */
export interface DraftStep extends Omit<PlannedRecord, 'fields' | 'ifKept'> {
  readonly model: string;
  readonly objectId: string;
  readonly objectLabel: string;
  readonly firstEntryId: string;
  readonly lastEntryId: string;
  /** The newest entry of the record, whoever wrote it. */
  readonly newestEntryId: string;
  fields: UndoField[];
  /** What happens to a created record instead of its removal, should others point to it. */
  ifKept: Pick<DraftStep, 'kind' | 'fields' | 'conflicts' | 'alreadyUndone'> | undefined;
}

/** One step for each record that the selected entries touch, in the order in which they first touch them. */
export async function draftSteps(
  sequelize: Sequelize,
  selected: readonly SelectedEntry[],
  onlyFields: ReadonlySet<string> | null,
  registrations: readonly Registration[],
): Promise<DraftStep[]> {
  const ours = new Set(selected.map(({ id }) => id));
  const starts = startsOf(selected);
  // Who joined a relation long ago is known only from the beginning.
  const withRelations = new Set(
    registrations.filter(({ manyToMany }) => manyToMany.length > 0).map(({ modelName }) => modelName),
  );
  const histories = await recordHistories(
    sequelize,
    starts.map((start) => (withRelations.has(start.model) ? { ...start, firstEntryId: '0' } : start)),
  );
  const links = await linksOf(starts, registrations);
  const present = new Map(
    await Promise.all(
      [...Map.groupBy(starts, ({ model }) => model)].map(async ([model, records]) => {
        const registration = registrations.find(({ modelName }) => modelName === model);
        const ids = records.map(({ objectId }) => objectId);
        return [model, registration && (await presentRecords(registration, ids))] as const;
      }),
    ),
  );
  const planned = starts.map((start, index) => {
    const registration = registrations.find(({ modelName }) => modelName === start.model);
    const history = histories[index] ?? [];
    const { objectId } = start;
    const record =
      registration === undefined
        ? unregistered(start.model)
        : planRecord({
            registration,
            objectId,
            ours,
            onlyFields,
            history: withoutUndone(history, ours),
            present: present.get(start.model)?.get(objectId) ?? null,
            links: new Map(
              [...(links.get(start.model) ?? [])].map(([alias, ofAlias]) => [
                alias,
                ofAlias.get(objectId) ?? new Set(),
              ]),
            ),
          });
    const own = history.filter(({ id }) => ours.has(id));
    return {
      ...record,
      model: start.model,
      objectId,
      firstEntryId: start.firstEntryId,
      objectLabel: history.at(-1)?.objectLabel ?? '',
      lastEntryId: own.at(-1)?.id ?? start.firstEntryId,
      newestEntryId: history.at(-1)?.id ?? start.firstEntryId,
    };
  });
  return await withAuthors(sequelize, planned.filter(saysSomething));
}

/** What is attached to the records, by model, alias and object id. */
async function linksOf(
  starts: readonly HistoryStart[],
  registrations: readonly Registration[],
): Promise<Map<string, Map<string, Map<string, Set<string>>>>> {
  const links = new Map<string, Map<string, Map<string, Set<string>>>>();
  for (const registration of registrations) {
    const { modelName } = registration;
    const ids = starts.filter(({ model }) => model === modelName).map(({ objectId }) => objectId);
    if (ids.length === 0) continue;
    const ofModel = new Map<string, Map<string, Set<string>>>();
    for (const relation of relationsOf(registration))
      ofModel.set(relation.alias, await presentLinks(relation, ids));
    links.set(modelName, ofModel);
  }
  return links;
}

function startsOf(selected: readonly SelectedEntry[]): HistoryStart[] {
  const perRecord = Map.groupBy(selected, ({ model, objectId }) => JSON.stringify([model, objectId]));
  return [...perRecord.values()]
    .flatMap((entries) => {
      const first = entries.reduce((a, b) => (BigInt(a.id) < BigInt(b.id) ? a : b));
      return { model: first.model, objectId: first.objectId, firstEntryId: first.id };
    })
    .sort((a, b) => (BigInt(a.firstEntryId) < BigInt(b.firstEntryId) ? -1 : 1));
}

function saysSomething({ fields, conflicts, alreadyUndone, kind }: PlannedRecord): boolean {
  return kind !== 'none' || fields.length + conflicts.length + alreadyUndone.length > 0;
}

function unregistered(model: string): PlannedRecord {
  const message = `It is left alone: the model ${model} is not registered any more.`;
  const conflict = {
    field: null,
    reason: 'unrecorded',
    actorEmail: null,
    entryId: null,
    value: null,
  } as const;
  return { kind: 'none', fields: [], conflicts: [{ ...conflict, message }], alreadyUndone: [] };
}

type PlannedStep = Omit<DraftStep, 'fields' | 'ifKept'> & Pick<PlannedRecord, 'fields' | 'ifKept'>;

/** Looks up the authors that lie before the histories. */
async function withAuthors(sequelize: Sequelize, steps: readonly PlannedStep[]): Promise<DraftStep[]> {
  const all = steps.flatMap((step) =>
    [...step.fields, ...(step.ifKept?.fields ?? [])].map((field) => ({ step, field })),
  );
  const missing = all.filter(({ field }) => field.author === undefined);
  const found = await missingAuthors(
    sequelize,
    missing.map(({ step: { model, objectId, firstEntryId }, field: { field } }) => ({
      model,
      objectId,
      field,
      beforeEntryId: firstEntryId,
    })),
  );
  const authors = new Map(missing.map(({ field }, index) => [field, found[index] ?? null]));
  const complete = (fields: readonly PlannedField[]): UndoField[] =>
    fields.map((field) => ({
      ...field,
      author: field.author === undefined ? (authors.get(field) ?? null) : field.author,
    }));
  return steps.map(({ ifKept, ...step }) => ({
    ...step,
    fields: complete(step.fields),
    ifKept: ifKept && { ...ifKept, fields: complete(ifKept.fields) },
  }));
}
