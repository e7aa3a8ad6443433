import type { Sequelize } from 'sequelize';
import { choosePath } from './choose-path.ts';
import { entryConditions } from './entry-conditions.ts';
import type { LogEntryFilter } from './log-entry-filter.ts';
import { type LogEntryPage, type PageOptions, pageOfEntries } from './page-of-entries.ts';
import type { ReadingContext } from './reading-context.ts';
import { resolveSources } from './resolve-sources.ts';
import { lowestIdSince, readingLimit } from './scan-bounds.ts';

/**
 * Log entries, newest first, one page at a time. Pages are cut by id, so that a page deep down costs as
 * little as the first and entries written meanwhile shift nothing. The changes are read only of the entries
 * on the page.
 *
 * A call looks at a bounded number of entries. When few of them fit, the page may hold fewer than `limit`
 * although `next` is not null: the search goes on from there.
 *
 * @throws HotspotsError AUDIT_QUERY_INVALID for a page or context that cannot be used
 */
export async function findLogEntries(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  page: PageOptions,
  context: ReadingContext = {},
): Promise<LogEntryPage> {
  const wanted = await resolveSources(filter, context);
  const floor = filter.since === undefined ? '0' : await lowestIdSince(sequelize, filter.since);
  if (floor === null) return { entries: [], next: null };
  return await pageOfEntries(sequelize, page, {
    path: await choosePath(sequelize, wanted, context),
    floor,
    readingLimit: readingLimit(filter),
    condition: (value) => entryConditions(wanted, context, value),
  });
}
