import type { Sequelize, Transaction } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import { type FieldOfRecord, fieldAuthors } from '../audit/read/index.ts';
import { isPerson } from './is-person.ts';

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
