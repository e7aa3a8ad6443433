import { isDeepStrictEqual } from 'node:util';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { JsonValue } from '../audit/index.ts';
import {
  changedSince,
  collectForeignKeys,
  type FieldAuthor,
  fieldAuthors,
  fieldKey,
  history,
  type LogEntryPage,
  type LogEntryRow,
  loadLabels,
  type RenderOptions,
  readChanges,
  readLogEntries,
} from '../audit/read/index.ts';
import { isId } from '../ids.ts';
import { reasonOf, unknownChange } from './log-context.ts';
import { type RecordState, recordState } from './read-record.ts';
import type { Verdict } from './run.ts';
import { type GivenVerdict, verdictsOf, verdictsOfEntries } from './verdicts.ts';

/** What showing entries needs besides them. */
export interface LabelsAndVerdicts {
  /** The labels of the records that the entries' foreign keys point to. */
  readonly labelOf: NonNullable<RenderOptions['labelOf']>;
  /** The verdict that counts for each entry, its own or that of its run; entries without one are left out. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** What a field that a change wrote holds by now. */
export interface LaterValue {
  readonly value: JsonValue;
  /** Who wrote it; null when the log does not know. */
  readonly author: FieldAuthor | null;
}

/** What of a change can still be undone. A plan of the undo looks again. */
export type Undoable =
  | { readonly kind: 'removeRecord' | 'restoreRecord' | 'nothing' }
  /** These fields hold what the change wrote. */
  | { readonly kind: 'fields'; readonly fields: ReadonlySet<string> };

/** What people read where `undoable` is `nothing`. */
export const nothingToUndo = 'Nothing of it is left to undo.';

/** One change as people see it: the same for the pages, the command line and the API. */
export interface ChangeView extends LabelsAndVerdicts {
  readonly entry: LogEntryRow;
  /** Why the change was made, in the words of who made it. */
  readonly reason: string | null;
  /** The verdict that counts. */
  readonly verdict: Verdict | null;
  /** The change's own verdict, where that is the one that counts; null when it has the verdict of its run. */
  readonly ownVerdict: GivenVerdict | null;
  /** All verdicts on the change itself, the newest first. */
  readonly given: readonly GivenVerdict[];
  /** The run that undid it, wholly or in part; null when it is not undone. */
  readonly undoneByRunId: string | null;
  /** How the record stands now. */
  readonly state: RecordState;
  /** The fields that hold something else by now. */
  readonly since: ReadonlyMap<string, LaterValue>;
  /** Fields that were changed outside the audit log before this change. */
  readonly gaps: readonly string[];
  readonly undoable: Undoable;
  /** The newest entries of the record. */
  readonly history: LogEntryPage;
}

const noValues: ReadonlyMap<string, LaterValue> = new Map();
const historySize = 10;
/** How many earlier entries are searched for what a field held before the change. */
const mostEarlier = 100;

/**
 * One log entry.
 *
 * @throws HotspotsError CHANGE_UNKNOWN
 */
export async function findChange(sequelize: Sequelize, id: string): Promise<LogEntryRow> {
  const [entry] = isId(id) ? await readLogEntries(sequelize, [id]) : [];
  if (entry !== undefined) return entry;
  throw unknownChange(id);
}

/**
 * One change: what it wrote, what became of it since, and the history of its record.
 *
 * @throws HotspotsError CHANGE_UNKNOWN
 */
export async function readChange(sequelize: Sequelize, id: string): Promise<ChangeView> {
  const entry = await findChange(sequelize, id);
  const record = { model: entry.model, id: { id: entry.objectId } };
  const [newest, earlier, given, undoneByRunId] = await Promise.all([
    history(sequelize, record, { limit: historySize }),
    history(sequelize, record, { limit: mostEarlier, before: entry.id }),
    verdictsOf(sequelize, { entryId: entry.id }),
    undoOf(sequelize, entry.id),
  ]);
  const last = newest.entries[0] ?? entry;
  const [state, shown] = await Promise.all([
    recordState(entry, last),
    labelsAndVerdicts(sequelize, [entry, ...newest.entries]),
  ]);
  const since = state.kind === 'present' ? await laterValues(sequelize, entry, state.values) : noValues;
  const [own] = given;
  return {
    ...shown,
    entry,
    reason: reasonOf(entry),
    verdict: shown.verdicts.get(entry.id) ?? null,
    ownVerdict: own === undefined || own.verdict === 'clear' ? null : own,
    given,
    undoneByRunId,
    state,
    since,
    gaps: gapsBefore(entry, earlier.entries),
    undoable: undoableOf(entry, { state, since, isLast: last.id === entry.id }),
    history: newest,
  };
}

/** The labels and verdicts of some entries, with one query for each model and one for the verdicts. */
export async function labelsAndVerdicts(
  sequelize: Sequelize,
  entries: readonly LogEntryRow[],
): Promise<LabelsAndVerdicts> {
  const [labelOf, verdicts] = await Promise.all([
    loadLabels(collectForeignKeys(entries)),
    verdictsOfEntries(
      sequelize,
      entries.map(({ id }) => id),
    ),
  ]);
  return { labelOf, verdicts };
}

async function undoOf(sequelize: Sequelize, entryId: string): Promise<string | null> {
  const [row] = await sequelize.query<{ undoRunId: string }>(
    'SELECT undo_run_id AS "undoRunId" FROM undone_entries WHERE entry_id = $1',
    { bind: [entryId], type: QueryTypes.SELECT },
  );
  return row?.undoRunId ?? null;
}

async function laterValues(
  sequelize: Sequelize,
  entry: LogEntryRow,
  present: Parameters<typeof changedSince>[1],
): Promise<Map<string, LaterValue>> {
  const since = changedSince(entry, present);
  const fields = [...since.keys()].map((field) => ({ ...entry, field }));
  const authors = await fieldAuthors(sequelize, fields);
  return new Map(
    [...since].map(([field, value]) => [
      field,
      { value, author: authors.get(fieldKey({ ...entry, field })) ?? null },
    ]),
  );
}

/** The fields that, before a change, did not hold what the log's entry before it had written. */
function gapsBefore(entry: LogEntryRow, earlier: readonly LogEntryRow[]): string[] {
  if (entry.action === 'create') return [];
  return readChanges(entry.changes).flatMap((change) => {
    if (change.kind !== 'value') return [];
    const before = earlier.find(({ changes }) => Object.hasOwn(changes, change.field))?.changes[change.field];
    return Array.isArray(before) && !isDeepStrictEqual(before[1], change.old) ? [change.field] : [];
  });
}

function undoableOf(
  { action, changes }: LogEntryRow,
  { state, since, isLast }: { state: RecordState; since: ReadonlyMap<string, LaterValue>; isLast: boolean },
): Undoable {
  const isPresent = state.kind === 'present';
  if (action === 'create' && isPresent) return { kind: 'removeRecord' };
  if (action === 'delete' && isLast && !isPresent) return { kind: 'restoreRecord' };
  if (action !== 'update' || !isPresent) return { kind: 'nothing' };
  const fields = new Set(Object.keys(changes).filter((field) => !since.has(field)));
  return fields.size > 0 ? { kind: 'fields', fields } : { kind: 'nothing' };
}
