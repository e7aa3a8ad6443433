import type { Sequelize } from 'sequelize';
import type { LogEntryFilter } from './log-entry-filter.ts';
import { type LogEntryPage, type PageOptions, pageOfEntries } from './page-of-entries.ts';
import { planSearch } from './plan-search.ts';
import type { ReadingContext } from './reading-context.ts';

/**
 * Log entries, newest first, one page at a time. Pages are cut by id, so that a page deep down costs as
 * little as the first and entries written meanwhile shift nothing. The changes are read only of the entries
 * on the page.
 *
 * A call looks at a bounded number of entries. When few of them fit, the page may hold fewer than `limit`
 * although `next` is not null: the search goes on from there.
 *
 * @throws HotspotsError AUDIT_QUERY_INVALID for a page that cannot be, or when the filter needs what the
 *   context does not give
 */
export async function findLogEntries(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  page: PageOptions,
  context: ReadingContext = {},
): Promise<LogEntryPage> {
  return await pageOfEntries(sequelize, page, await planSearch(sequelize, filter, context));
}
