import type { Sequelize } from 'sequelize';
import { fieldAuthors, fieldKey, readLogEntries } from '../../audit/read/index.ts';
import { writtenByPeople } from '../../write-policy/guard.ts';
import { Hold, Suggestion } from '../../write-policy/models.ts';
import { lastSaid, type SaidValue } from '../../write-policy/release.ts';

/** What is known of the value of a record's field, besides the value. */
export interface FieldNotes {
  /** Who wrote it; null when the log does not know. */
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

/** What is known of each of a record's fields, by field. */
export async function fieldNotes(
  sequelize: Sequelize,
  record: { model: string; objectId: string },
  fields: readonly string[],
): Promise<Map<string, FieldNotes>> {
  const ofRecord = fields.map((field) => ({ ...record, field }));
  const [authors, said, suggestions, holds, guarded] = await Promise.all([
    fieldAuthors(sequelize, ofRecord),
    lastSaid(sequelize, record),
    Suggestion.findAll({ where: { ...record, state: 'open' }, order: [['id', 'ASC']] }),
    Hold.findAll({ where: { ...record, releasedAt: null }, order: [['id', 'ASC']] }),
    writtenByPeople(sequelize, ofRecord),
  ]);
  const ids = [...new Set([...authors.values()].map(({ entryId }) => entryId))];
  const times = new Map((await readLogEntries(sequelize, ids)).map(({ id, timestamp }) => [id, timestamp]));
  return new Map(
    ofRecord.map((one) => {
      const { field } = one;
      const author = authors.get(fieldKey(one));
      const ofField = (each: { field: string }) => each.field === field;
      const notes: FieldNotes = {
        author:
          author === undefined
            ? null
            : {
                email: author.actorEmail,
                entryId: author.entryId,
                at: times.get(author.entryId) ?? null,
              },
        said: said.filter(ofField),
        suggestions: suggestions.filter(ofField),
        holds: holds.filter(ofField),
        isGuarded: guarded.has(fieldKey(one)),
      };
      return [field, notes];
    }),
  );
}
