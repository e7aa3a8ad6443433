import type { Sequelize, Transaction } from 'sequelize';
import {
  type FieldAuthor,
  fieldAuthors,
  fieldKey,
  history,
  type LogEntryPage,
  type LogEntryRow,
  maskedRecord,
  newestEntry,
  type PageOptions,
  presentRecords,
  type RecordedValues,
  readLogEntries,
  registrationOf,
} from '../audit/read/index.ts';
import { HotspotsError } from '../errors.ts';
import { isId } from '../ids.ts';
import { SourceRecord, sourceKeys } from '../records/index.ts';
import { quoted } from '../text.ts';
import { Hold, lastSaid, type SaidValue, Suggestion, writtenByPeople } from '../write-policy/index.ts';

/** How the log names a record. */
export interface RecordName {
  readonly model: string;
  readonly objectId: string;
}

/** How a record stands now. */
export type RecordState =
  /** Masked fields are masked, as in the log. */
  | { readonly kind: 'present'; readonly values: RecordedValues }
  /** Its newest log entry deleted it. */
  | { readonly kind: 'deleted'; readonly entry: LogEntryRow }
  /** There is no row, and no log entry says who deleted it. */
  | { readonly kind: 'missing' }
  /** No model of that name is registered, so its table cannot be read. */
  | { readonly kind: 'unregistered' };

/** What is known of one field of a record, besides its value. */
export interface FieldView {
  /** Who wrote the present value; null when the log does not know. */
  readonly author: { readonly email: string; readonly entryId: string; readonly at: Date | null } | null;
  /** What each source wrote last. */
  readonly said: readonly SaidValue[];
  /** What sources would write, if a person had not. */
  readonly suggestions: readonly Suggestion[];
  /** What sources must not write. */
  readonly holds: readonly Hold[];
  /** Whether scrapers are kept out because a person wrote it. */
  readonly isGuarded: boolean;
}

/** A record as people see it: the same for the pages, the command line and the API. */
export interface RecordView extends RecordName, LogEntryPage {
  /** The label in its newest log entry. */
  readonly label: string;
  readonly state: RecordState;
  /** Open ones, of all its fields. */
  readonly suggestions: readonly Suggestion[];
  /** Those in force, of all its fields. */
  readonly holds: readonly Hold[];
  /** By name, the fields that it has now; empty unless it is present. */
  readonly fields: ReadonlyMap<string, FieldView>;
}

/**
 * A record that the log knows: its history, how it stands, and what waits for a decision.
 *
 * @returns null when the log has no entry of it
 */
export async function readRecord(
  sequelize: Sequelize,
  name: RecordName,
  page: PageOptions,
): Promise<RecordView | null> {
  const of = { model: name.model, id: { id: name.objectId } };
  const found = await history(sequelize, of, page);
  const newest = page.before === undefined ? found.entries[0] : await newestEntry(sequelize, name);
  if (newest === undefined || newest === null) return null;
  const [state, open] = await Promise.all([recordState(name, newest), openDecisions(name)]);
  const fields =
    state.kind === 'present'
      ? await readFields(sequelize, name, Object.keys(state.values), open)
      : new Map<string, FieldView>();
  return { ...name, ...found, label: newest.objectLabel, state, ...open, fields };
}

/**
 * How a record stands.
 *
 * @param newest its newest log entry
 */
export async function recordState(
  { model, objectId }: RecordName,
  newest: LogEntryRow | null,
): Promise<RecordState> {
  const registration = registrationOf(model);
  const present =
    registration === undefined ? undefined : (await presentRecords(registration, [objectId])).get(objectId);
  if (registration !== undefined && present !== undefined)
    return { kind: 'present', values: maskedRecord(registration, present) };
  if (newest?.action === 'delete') return { kind: 'deleted', entry: newest };
  return { kind: registration === undefined ? 'unregistered' : 'missing' };
}

/** What people read of a record that cannot be shown any more; null when it can. The only place that says so. */
export function goneSentence(state: RecordState): string | null {
  switch (state.kind) {
    case 'present':
      return null;
    case 'deleted': {
      const { actorEmail, timestamp, id } = state.entry;
      const minute = timestamp.toISOString().slice(0, 16).replace('T', ' ');
      return `Deleted by ${actorEmail} on ${minute} UTC (change ${id}).`;
    }
    case 'missing':
      return 'Deleted outside the audit log; it is not known by whom.';
    case 'unregistered':
      return 'Not shown: the program has no model of that name any more.';
  }
}

/** The same in a table cell, where a value of the record would be. */
export function goneWords(state: RecordState): string | null {
  if (state.kind === 'present') return null;
  return state.kind === 'unregistered' ? 'not known' : 'the record was deleted';
}

/** What people read instead of the values that a record had at a time when there was none. */
export const absentThen = 'It did not exist then.';

/**
 * The error RECORD_UNKNOWN for an id. Who asks for a record that was deleted reads by whom, and where its history is.
 *
 * @param noun what people call records of this kind: "place"
 * @param transaction the caller's, so that no second connection is needed
 */
export async function unknownRecord(
  sequelize: Sequelize,
  { model, objectId }: RecordName,
  { noun, transaction }: { noun: string; transaction?: Transaction | undefined },
): Promise<HotspotsError> {
  if (!isId(objectId)) return new HotspotsError('RECORD_UNKNOWN', `There is no ${noun} ${quoted(objectId)}.`);
  const entry = await newestEntry(sequelize, { model, objectId }, transaction);
  const gone =
    entry === null
      ? ''
      : ` ${goneSentence(entry.action === 'delete' ? { kind: 'deleted', entry } : { kind: 'missing' })} Its history: ` +
        `/review/records/${model}/${objectId}, or npm run history -- ${model} ${objectId}.`;
  return new HotspotsError('RECORD_UNKNOWN', `There is no ${noun} ${objectId}.${gone}`);
}

interface OpenDecisions {
  readonly suggestions: readonly Suggestion[];
  readonly holds: readonly Hold[];
}

async function openDecisions(name: RecordName): Promise<OpenDecisions> {
  const { model, objectId } = name;
  const [suggestions, holds] = await Promise.all([
    Suggestion.findAll({ where: { model, objectId, state: 'open' }, order: [['id', 'ASC']] }),
    Hold.findAll({ where: { model, objectId, releasedAt: null }, order: [['id', 'ASC']] }),
  ]);
  return { suggestions, holds };
}

/** What is known of some fields of a record, by field. */
export async function readFields(
  sequelize: Sequelize,
  name: RecordName,
  fields: readonly string[],
  open?: OpenDecisions,
): Promise<Map<string, FieldView>> {
  const { model, objectId } = name;
  const ofRecord = fields.map((field) => ({ model, objectId, field }));
  const [authors, said, guarded, { suggestions, holds }] = await Promise.all([
    fieldAuthors(sequelize, ofRecord),
    lastSaid(sequelize, { model, objectId }),
    writtenByPeople(sequelize, ofRecord),
    open ?? openDecisions(name),
  ]);
  const ids = [...new Set([...authors.values()].map(({ entryId }) => entryId))];
  const times = new Map((await readLogEntries(sequelize, ids)).map(({ id, timestamp }) => [id, timestamp]));
  return new Map(
    ofRecord.map((one) => {
      const author = authors.get(fieldKey(one));
      const ofField = (each: { field: string }) => each.field === one.field;
      const view: FieldView = {
        author: author === undefined ? null : authorView(author, times),
        said: said.filter(ofField),
        suggestions: suggestions.filter(ofField),
        holds: holds.filter(ofField),
        isGuarded: guarded.has(fieldKey(one)),
      };
      return [one.field, view];
    }),
  );
}

function authorView(
  { actorEmail, entryId }: FieldAuthor,
  times: ReadonlyMap<string, Date>,
): FieldView['author'] {
  return { email: actorEmail, entryId, at: times.get(entryId) ?? null };
}

/** Pages of sources that show a record. */
export interface SourcePages {
  readonly pages: readonly Pick<SourceRecord, 'sourceName' | 'url' | 'lastSeenAt'>[];
  /** How many there are in all. */
  readonly count: number;
}

/** The pages of sources that show a record, the one last seen first. */
export async function readSourcePages({ model, objectId }: RecordName, limit: number): Promise<SourcePages> {
  const key = sourceKeys[model];
  if (key === undefined) return { pages: [], count: 0 };
  const { rows, count } = await SourceRecord.findAndCountAll({
    where: { [key]: objectId },
    order: [
      ['lastSeenAt', 'DESC'],
      ['id', 'DESC'],
    ],
    limit,
  });
  return { pages: rows, count };
}
