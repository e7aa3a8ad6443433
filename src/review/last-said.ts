import { QueryTypes, type Sequelize } from 'sequelize';
import { type JsonValue, logActions } from '../audit/index.ts';
import { config } from '../config.ts';

/** What a source wrote last into a field of a record. */
export interface SaidValue {
  field: string;
  sourceName: string;
  /** As log entries hold it. */
  value: JsonValue;
  sourceUrl: string | null;
  entryId: string;
  timestamp: Date;
}

/** So many of a record's newest entries by scrapers are looked at. */
const mostEntries = 1000;

/** What each source wrote last into each field of a record, by field and source. */
export async function lastSaid(
  sequelize: Sequelize,
  { model, objectId }: { model: string; objectId: string },
): Promise<SaidValue[]> {
  const wrote = [logActions.indexOf('create'), logActions.indexOf('update')];
  return await sequelize.query<SaidValue>(
    `SELECT DISTINCT ON (changed.key, source_name)
       changed.key AS field, source_name AS "sourceName", changed.value -> 1 AS value,
       source_url AS "sourceUrl", entry.id AS "entryId", timestamp
     FROM (
       SELECT id, timestamp, source_url, run_id, changes FROM log_entries
       WHERE model = $1 AND object_id = $2 AND actor_email = $3 AND run_id IS NOT NULL AND action = ANY($4::smallint[])
       ORDER BY id DESC LIMIT ${mostEntries}
     ) entry
     JOIN runs ON runs.id = entry.run_id AND source_name IS NOT NULL
     CROSS JOIN LATERAL jsonb_each(entry.changes) changed
     WHERE jsonb_typeof(changed.value) = 'array'
     ORDER BY changed.key, source_name, entry.id DESC`,
    { bind: [model, objectId, config.scraperActorEmail.toLowerCase(), wrote], type: QueryTypes.SELECT },
  );
}
