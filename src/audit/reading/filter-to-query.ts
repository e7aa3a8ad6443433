import { allFilterWords, filterWords } from './filter-words.ts';
import type { EntryConditions, LogEntryFilter } from './log-entry-filter.ts';
import { valuesOf } from './values-of.ts';

/** A filter as the query of an address, in plain words; `filterFromQuery` reads it back. */
export function filterToQuery(filter: LogEntryFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const word of allFilterWords) {
    if (word === 'since' || word === 'until') {
      const time = filter[word];
      if (time !== undefined) query.append(word, time.toISOString());
      continue;
    }
    const key: keyof EntryConditions = filterWords[word];
    for (const value of valuesOf(filter[key]))
      query.append(word, /^[-\\]/.test(value) ? `\\${value}` : value);
    for (const value of valuesOf(filter.not?.[key])) query.append(word, `-${value}`);
  }
  return query;
}
