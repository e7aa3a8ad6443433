import type { Sequelize } from 'sequelize';
import { choosePath } from './choose-path.ts';
import { entryConditions } from './entry-conditions.ts';
import type { LogEntryFilter } from './log-entry-filter.ts';
import type { ReadingContext } from './reading-context.ts';
import { resolveSources } from './resolve-sources.ts';
import { lowestIdSince, readingLimit } from './scan-bounds.ts';
import type { Search } from './scan-entries.ts';

/**
 * How the entries that fit a filter are found.
 *
 * @throws HotspotsError AUDIT_QUERY_INVALID when the filter needs what the context does not give
 */
export async function planSearch(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  context: ReadingContext,
): Promise<Search> {
  const wanted = await resolveSources(filter, context);
  const floor = wanted.since === undefined ? '0' : await lowestIdSince(sequelize, wanted.since);
  const path = await choosePath(sequelize, wanted, context);
  return {
    path: floor === null ? { ...path, keys: [] } : path,
    floor: floor ?? '0',
    readingLimit: readingLimit(wanted),
    condition: (value) => entryConditions(wanted, context, value),
  };
}
