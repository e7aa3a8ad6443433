import { Op } from 'sequelize';
import { Suggestion } from '../models/suggestion.ts';
import { type FieldRecordsFilter, type IdPage, whereOf } from './list-holds.ts';

/** Suggestions that nobody has decided on, the newest first. */
export async function listSuggestions(
  filter: FieldRecordsFilter,
  page: IdPage,
): Promise<{ suggestions: Suggestion[]; next: string | null }> {
  const found = await Suggestion.findAll({
    where: { [Op.and]: [whereOf(filter, page), { state: 'open' }] },
    order: [['id', 'DESC']],
    limit: page.limit + 1,
  });
  const suggestions = found.slice(0, page.limit);
  return { suggestions, next: found.length > suggestions.length ? (suggestions.at(-1)?.id ?? null) : null };
}
