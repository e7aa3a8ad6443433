import { Op, type Transaction, type WhereOptions } from 'sequelize';
import { registrationOf } from '../../audit/read/index.ts';
import { likePattern } from '../../records/filters.ts';
import { recordLabel } from './record-label.ts';

/** A record that a text may mean. */
export interface ReferenceMatch {
  readonly id: string;
  readonly label: string;
}

/** So many matches are offered. */
const mostMatches = 20;

/**
 * The records that a text names: by the number, else those that are called exactly so, else by a part of what they are
 * called.
 *
 * @param target the name of the model that is pointed to
 */
export async function resolveReference(
  target: string,
  text: string,
  transaction: Transaction,
): Promise<ReferenceMatch[]> {
  const registration = registrationOf(target);
  if (registration === undefined) return [];
  const { model, labelAttribute } = registration;
  const isId = /^[1-9]\d{0,17}$/.test(text);
  const find = async (where: WhereOptions): Promise<ReferenceMatch[]> => {
    const found = await model
      .unscoped()
      .findAll({ where, order: [[labelAttribute ?? 'id', 'ASC']], limit: mostMatches, transaction });
    return found.map((record) => ({ id: String(record.get('id')), label: recordLabel(record) }));
  };
  if (isId) return await find({ id: text });
  if (labelAttribute === null) return [];
  const anywhere = likePattern(text);
  const exact = await find({ [labelAttribute]: { [Op.iLike]: anywhere.slice(1, -1) } });
  return exact.length > 0 ? exact : await find({ [labelAttribute]: { [Op.iLike]: anywhere } });
}
