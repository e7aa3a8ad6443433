import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';

/** A recorded field of one record. */
export interface FieldOfRecord {
  readonly model: string;
  readonly objectId: string;
  readonly field: string;
}

/** Who wrote the value that a field has, and in which entry. */
export interface FieldAuthor extends FieldOfRecord {
  actorEmail: string;
  entryId: string;
}

/**
 * The author of each field's present value, by `fieldKey`; none for a field that nobody wrote. An undo gives a
 * value back to whoever wrote it: the author is not who undid, but who wrote the value that returned.
 */
export async function fieldAuthors(
  sequelize: Sequelize,
  wanted: readonly FieldOfRecord[],
  transaction?: Transaction,
): Promise<Map<string, FieldAuthor>> {
  if (wanted.length === 0) return new Map();
  // OFFSET 0 keeps the planner from walking the whole log backwards in the hope of a match.
  const rows = await sequelize.query<FieldAuthor>(
    `SELECT * FROM (
       SELECT wanted.model, wanted.object_id AS "objectId", wanted.field,
              CASE WHEN restored THEN author ->> 'actorEmail' ELSE actor_email END AS "actorEmail",
              CASE WHEN restored THEN author ->> 'entryId' ELSE id::text END AS "entryId"
       FROM unnest($1::text[], $2::text[], $3::text[]) AS wanted (model, object_id, field)
       CROSS JOIN LATERAL (
         SELECT id, actor_email, coalesce(authors ? wanted.field, false) AS restored, authors -> wanted.field AS author
         FROM (
           SELECT id, actor_email, changes, extra -> 'undo' -> 'authors' AS authors
           FROM log_entries entry
           WHERE entry.model = wanted.model AND entry.object_id = wanted.object_id
           OFFSET 0
         ) entry
         WHERE changes ? wanted.field
         ORDER BY id DESC LIMIT 1
       ) newest
     ) found WHERE "actorEmail" IS NOT NULL`,
    {
      bind: [
        wanted.map(({ model }) => model),
        wanted.map(({ objectId }) => objectId),
        wanted.map(({ field }) => field),
      ],
      type: QueryTypes.SELECT,
      ...(transaction && { transaction }),
    },
  );
  return new Map(rows.map((row) => [fieldKey(row), row]));
}

/** One text for one field of one record. */
export function fieldKey({ model, objectId, field }: FieldOfRecord): string {
  return JSON.stringify([model, objectId, field]);
}
