import type { Actor } from '../audit/index.ts';
import { Suggestion } from '../models/suggestion.ts';

/**
 * Says no to suggestions: the same value from the same source is not suggested again.
 *
 * @returns how many were open
 */
export async function dismissSuggestions(ids: readonly string[], { by }: { by: Actor }): Promise<number> {
  const [count] = await Suggestion.update(
    { state: 'dismissed', decidedAt: new Date(), decidedById: by.id, decidedByEmail: by.email },
    { where: { id: [...ids], state: 'open' } },
  );
  return count;
}
