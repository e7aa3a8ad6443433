import type { Sequelize } from 'sequelize';
import type { LogEntryFilter } from './log-entry-filter.ts';
import { planSearch } from './plan-search.ts';
import type { ReadingContext } from './reading-context.ts';
import { scanEntries } from './scan-entries.ts';

/**
 * How many entries fit a filter. Counting stops at `cap`, and after as many entries as one page may look at:
 * then `capped` is true, and there are at least `count`.
 *
 * @throws HotspotsError AUDIT_QUERY_INVALID when the filter needs what the context does not give
 */
export async function countLogEntries(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  cap = 10_000,
  context: ReadingContext = {},
): Promise<{ count: number; capped: boolean }> {
  let count = 0;
  let complete = true;
  for await (const { ids, reach } of scanEntries(sequelize, await planSearch(sequelize, filter, context))) {
    count += ids.length;
    complete = reach === null;
    if (count > cap) break;
  }
  return { count: Math.min(count, cap), capped: count > cap || !complete };
}
