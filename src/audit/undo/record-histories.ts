import { QueryTypes, type Sequelize } from 'sequelize';
import type { FieldChanges } from '../changes.ts';
import { type LogAction, logActions } from '../log-action.ts';
import type { RecordKey } from '../reading/record-key.ts';
import type { FieldAuthors } from './undo-extra.ts';

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
