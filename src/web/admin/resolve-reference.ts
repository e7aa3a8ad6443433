import { Op } from 'sequelize';
import { registrationOf } from '../../audit/reading/record-key.ts';
import { likePattern } from './like-pattern.ts';
import { recordLabel } from './record-label.ts';

/** A record that a text may mean. */
export interface ReferenceMatch {
  readonly id: string;
  readonly label: string;
}

/** So many matches are offered. */
const mostMatches = 20;

/**
 * The records that a text names: by the number, else by a part of what they are called. One that is called exactly so
 * is the only match.
 *
 * @param target the name of the model that is pointed to
 */
export async function resolveReference(target: string, text: string): Promise<ReferenceMatch[]> {
  const registration = registrationOf(target);
  if (registration === undefined) return [];
  const { model, labelAttribute } = registration;
  const isId = /^[1-9]\d{0,17}$/.test(text);
  if (!isId && labelAttribute === null) return [];
  const found = await model.unscoped().findAll({
    where: isId ? { id: text } : { [labelAttribute ?? 'id']: { [Op.iLike]: likePattern(text) } },
    order: [[labelAttribute ?? 'id', 'ASC']],
    limit: mostMatches,
  });
  const matches = found.map((record) => ({ id: String(record.get('id')), label: recordLabel(record) }));
  const exact = matches.filter(({ label }) => label.toLowerCase() === text.toLowerCase());
  return exact.length === 1 ? exact : matches;
}
