import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type Actor, type JsonValue, logActions } from '../audit/index.ts';
import { type FieldOfRecord, fieldAuthors } from '../audit/read/index.ts';
import { config } from '../config.ts';
import { isPerson } from './guard.ts';
import { askAgain } from './holds.ts';

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

/**
 * Lets scrapers write fields that a person wrote last. It holds until a person writes them once more.
 *
 * @returns how many of the fields a person's value kept scrapers out of
 */
export async function releaseFields(
  sequelize: Sequelize,
  fields: readonly FieldOfRecord[],
  { by, transaction }: { by: Pick<Actor, 'email'>; transaction: Transaction },
): Promise<number> {
  const authors = [...(await fieldAuthors(sequelize, fields, transaction)).values()];
  const byPeople = authors.filter(({ actorEmail }) => isPerson(actorEmail));
  if (byPeople.length === 0) return 0;
  await sequelize.query(
    `INSERT INTO released_fields (model, object_id, field, entry_id, released_by_email)
     SELECT model, object_id, field, entry_id, $5
     FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS released (model, object_id, field, entry_id)
     ON CONFLICT (model, object_id, field) DO UPDATE SET
       entry_id = excluded.entry_id, released_at = now(), released_by_email = excluded.released_by_email`,
    {
      bind: [
        byPeople.map(({ model }) => model),
        byPeople.map(({ objectId }) => objectId),
        byPeople.map(({ field }) => field),
        byPeople.map(({ entryId }) => entryId),
        by.email,
      ],
      transaction,
    },
  );
  return byPeople.length;
}

/**
 * Lets scrapers write a field again although a person wrote it last. It holds until a person writes it once more.
 *
 * @returns false when no person's value kept scrapers out
 */
export async function releaseField(
  sequelize: Sequelize,
  field: FieldOfRecord,
  { by }: { by: Actor },
): Promise<boolean> {
  return await sequelize.transaction(async (transaction) => {
    if ((await releaseFields(sequelize, [field], { by, transaction })) === 0) return false;
    await askAgain(sequelize, field, transaction);
    return true;
  });
}
