import type { Sequelize } from 'sequelize';
import type { Actor } from '../audit/actor-context.ts';
import { type FieldOfRecord, fieldAuthors, fieldKey } from '../audit/reading/field-authors.ts';
import { askAgain } from './ask-again.ts';
import { isPerson } from './is-person.ts';

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
    const author = (await fieldAuthors(sequelize, [field], transaction)).get(fieldKey(field));
    if (author === undefined || !isPerson(author.actorEmail)) return false;
    await sequelize.query(
      `INSERT INTO released_fields (model, object_id, field, entry_id, released_by_email)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (model, object_id, field) DO UPDATE SET
         entry_id = excluded.entry_id, released_at = now(), released_by_email = excluded.released_by_email`,
      { bind: [field.model, field.objectId, field.field, author.entryId, by.email], transaction },
    );
    await askAgain(sequelize, field, transaction);
    return true;
  });
}
