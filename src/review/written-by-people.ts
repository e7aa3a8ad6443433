import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type FieldOfRecord, fieldAuthors, fieldKey } from '../audit/read/index.ts';
import { isPerson } from './is-person.ts';

/** The fields, by `fieldKey`, whose value a person wrote and has not released. */
export async function writtenByPeople(
  sequelize: Sequelize,
  fields: readonly FieldOfRecord[],
  transaction?: Transaction,
): Promise<Set<string>> {
  const authors = [...(await fieldAuthors(sequelize, fields, transaction)).values()];
  const byPeople = authors.filter(({ actorEmail }) => isPerson(actorEmail));
  if (byPeople.length === 0) return new Set();
  const released = await sequelize.query<FieldOfRecord & { entryId: string }>(
    `SELECT model, object_id AS "objectId", field, entry_id AS "entryId" FROM released_fields
     WHERE (model, object_id, field) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
    {
      bind: [
        byPeople.map(({ model }) => model),
        byPeople.map(({ objectId }) => objectId),
        byPeople.map(({ field }) => field),
      ],
      type: QueryTypes.SELECT,
      ...(transaction && { transaction }),
    },
  );
  const upTo = new Map(released.map((field) => [fieldKey(field), BigInt(field.entryId)]));
  return new Set(
    byPeople
      .filter((author) => BigInt(author.entryId) > (upTo.get(fieldKey(author)) ?? 0n))
      .map((author) => fieldKey(author)),
  );
}
