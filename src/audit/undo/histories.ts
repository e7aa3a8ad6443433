import { QueryTypes, type Sequelize } from 'sequelize';
import { type FieldChanges, type LogAction, logActions } from '../log-entry.ts';
import type { RecordedValues } from '../read/as-of.ts';
import type { RecordKey } from '../read/history.ts';
import type { Registration } from '../registration.ts';
import type { FieldAuthors, ValueAuthor } from './undone.ts';

/** A field, and the entry before which its author is looked for. */
export interface AuthorWanted {
  readonly model: string;
  readonly objectId: string;
  readonly field: string;
  readonly beforeEntryId: string;
}

const fieldsPerQuery = 5000;

/** Who wrote what each field held before an entry, in their order; null where nobody did. */
export async function missingAuthors(
  sequelize: Sequelize,
  wanted: readonly AuthorWanted[],
): Promise<(ValueAuthor | null)[]> {
  const authors: (ValueAuthor | null)[] = wanted.map(() => null);
  for (let offset = 0; offset < wanted.length; offset += fieldsPerQuery) {
    const part = wanted.slice(offset, offset + fieldsPerQuery);
    const rows = await sequelize.query<ValueAuthor & { place: string }>(
      `SELECT * FROM (
         SELECT place,
                CASE WHEN restored THEN author ->> 'actorEmail' ELSE actor_email END AS "actorEmail",
                CASE WHEN restored THEN author ->> 'entryId' ELSE id::text END AS "entryId"
         FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) WITH ORDINALITY
           AS wanted (model, object_id, field, before_id, place)
         CROSS JOIN LATERAL (
           SELECT id, actor_email, coalesce(authors ? field, false) AS restored, authors -> field AS author
           FROM (
             SELECT id, action, actor_email, changes, extra -> 'undo' -> 'authors' AS authors
             FROM log_entries entry
             WHERE entry.model = wanted.model AND entry.object_id = wanted.object_id AND entry.id < before_id
             OFFSET 0
           ) entry
           WHERE changes ? field AND action <> ${logActions.indexOf('access')}
           ORDER BY id DESC LIMIT 1
         ) newest
       ) found WHERE "actorEmail" IS NOT NULL`,
      {
        bind: [
          part.map(({ model }) => model),
          part.map(({ objectId }) => objectId),
          part.map(({ field }) => field),
          part.map(({ beforeEntryId }) => beforeEntryId),
        ],
        type: QueryTypes.SELECT,
      },
    );
    for (const { place, actorEmail, entryId } of rows)
      authors[offset + Number(place) - 1] = { actorEmail, entryId };
  }
  return authors;
}

/** A log entry as plans look at it. */
export interface HistoryEntry {
  readonly id: string;
  readonly action: LogAction;
  readonly objectLabel: string;
  readonly changes: FieldChanges;
  readonly actorEmail: string;
  /** Of an undo's entry: who wrote the values that it brought back. */
  readonly authors: FieldAuthors | null;
  /** Of an undo's entry: the entries that it took back. */
  readonly takesBack: readonly string[];
}

/** Where in the log a record's history is to begin. */
export interface HistoryStart extends RecordKey {
  readonly firstEntryId: string;
}

const recordsPerQuery = 1000;

/** All entries of each record from the given one on, the oldest first, in the order of the records. */
export async function recordHistories(
  sequelize: Sequelize,
  starts: readonly HistoryStart[],
): Promise<HistoryEntry[][]> {
  const histories: HistoryEntry[][] = starts.map(() => []);
  for (let offset = 0; offset < starts.length; offset += recordsPerQuery) {
    const part = starts.slice(offset, offset + recordsPerQuery);
    const rows = await sequelize.query<Omit<HistoryEntry, 'action'> & { action: number; place: string }>(
      `SELECT start.place, entry.*
       FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS start (model, object_id, first_id, place)
       CROSS JOIN LATERAL (
         SELECT id, action, object_label AS "objectLabel", changes, actor_email AS "actorEmail",
                extra -> 'undo' -> 'authors' AS authors,
                coalesce(extra -> 'undo' -> 'entries', '[]') AS "takesBack"
         FROM log_entries
         WHERE model = start.model AND object_id = start.object_id AND id >= start.first_id
           AND action <> ${logActions.indexOf('access')}
         OFFSET 0
       ) entry
       ORDER BY start.place, entry.id`,
      {
        bind: [
          part.map(({ model }) => model),
          part.map(({ objectId }) => objectId),
          part.map(({ firstEntryId }) => firstEntryId),
        ],
        type: QueryTypes.SELECT,
      },
    );
    for (const { place, action, ...entry } of rows) {
      histories[offset + Number(place) - 1]?.push({ ...entry, action: logActions[action] ?? 'access' });
    }
  }
  return histories;
}

/**
 * The selected creation that a record owes its existence to; null when it was there before, or others made it. A
 * record that the selection deleted and made again was there before.
 *
 * @param history the record's entries up to a moment at which it existed
 */
export function ownCreation(
  history: readonly HistoryEntry[],
  ours: ReadonlySet<string>,
): HistoryEntry | null {
  const lifecycle = history.filter(({ action }) => action === 'create' || action === 'delete');
  for (let index = lifecycle.length - 1; index >= 0; index -= 2) {
    const [deletion, creation] = [lifecycle[index - 1], lifecycle[index]];
    if (creation?.action !== 'create' || !ours.has(creation.id)) return null;
    if (deletion?.action !== 'delete' || !ours.has(deletion.id)) return creation;
  }
  return null;
}

/** A record that a selection touches. */
export interface TouchedRecord {
  readonly registration: Registration;
  readonly objectId: string;
  /** From its first selected entry on; of models with relations, all of it. */
  readonly history: readonly HistoryEntry[];
  readonly ours: ReadonlySet<string>;
  /** Only these fields are undone, and neither creations nor deletions; null for all. */
  readonly onlyFields: ReadonlySet<string> | null;
  /** Null when it does not exist. */
  readonly present: RecordedValues | null;
  /** What is attached to it, by the alias of the relation. */
  readonly links: ReadonlyMap<string, ReadonlySet<string>>;
}
