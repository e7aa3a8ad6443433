import type { LogEntryFilter } from './log-entry-filter.ts';
import { parseFilter } from './parse-filter.ts';
import type { MomentOptions } from './parse-moment.ts';

/**
 * The filter that an address asks for, as `?actor=-scraper@example.org&since=7d`; see `parseFilter`.
 *
 * @param otherWords what else the page's address may hold, as "before". A word that is neither is an error:
 *   a misspelt condition must not widen what a page shows or undoes.
 * @throws HotspotsError USAGE
 */
export function filterFromQuery(
  query: URLSearchParams,
  { otherWords = [], ...moments }: MomentOptions & { otherWords?: readonly string[] } = {},
): LogEntryFilter {
  const given = [...query].filter(([word]) => !otherWords.includes(word));
  return parseFilter(given, (word) => word, moments);
}
