import { literal, Op, type WhereOptions } from 'sequelize';
import { z } from 'zod';
import { likePattern } from './like-pattern.ts';
import type { Place } from './place.ts';
import { booleanWord, idWord, momentWord, pointWord, radiusWord, textWord } from './query-words.ts';
import { within } from './within.ts';

/** Which places are wanted, in the words of an address. All conditions must hold; what is left out does not matter. */
export const placeFilterSchema = z
  .strictObject({
    q: textWord.describe('Text in the name, street or locality'),
    name: textWord.describe('The name, whatever its capitals'),
    addressLocality: textWord.describe('The locality, whatever its capitals'),
    addressCountry: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .describe('ISO 3166-1 alpha-2'),
    category: textWord.describe('One of its categories'),
    isClosed: booleanWord,
    isDuplicate: booleanWord,
    duplicateOfId: idWord,
    near: pointWord,
    radius: radiusWord,
    updatedSince: momentWord,
  })
  .partial();

export type PlaceFilter = z.infer<typeof placeFilterSchema>;

/** The filter as a condition of Sequelize for `Place`. */
export function placeWhere(filter: PlaceFilter): WhereOptions<Place> {
  const { q, name, addressLocality, category, near, radius = 1000, updatedSince, ...same } = filter;
  const conditions: WhereOptions<Place>[] = [
    Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined)),
  ];
  if (q !== undefined) {
    const found = { [Op.iLike]: likePattern(q) };
    conditions.push({ [Op.or]: [{ name: found }, { streetAddress: found }, { addressLocality: found }] });
  }
  if (name !== undefined) conditions.push({ name: { [Op.iLike]: likePattern(name).slice(1, -1) } });
  if (addressLocality !== undefined)
    conditions.push({ addressLocality: { [Op.iLike]: likePattern(addressLocality).slice(1, -1) } });
  if (category !== undefined) conditions.push({ categories: { [Op.contains]: [category] } });
  if (near !== undefined) conditions.push(literal(within('"Place"', near, radius)));
  if (updatedSince !== undefined) conditions.push({ updatedAt: { [Op.gte]: updatedSince } });
  return { [Op.and]: conditions };
}
