import { QueryTypes, type Sequelize } from 'sequelize';
import { logActions } from '../log-action.ts';
import type { ValueAuthor } from './undo-extra.ts';

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
