import type { Sequelize } from 'sequelize';
import { findLogEntries } from './find-log-entries.ts';
import type { LogEntryFilter } from './log-entry-filter.ts';
import type { LogEntryPage, PageOptions } from './page-of-entries.ts';
import type { ReadingContext } from './reading-context.ts';

/** What an actor changed, newest first; also what an actor did whose user was deleted since. */
export async function changesBy(
  sequelize: Sequelize,
  actorEmail: string,
  filter: Omit<LogEntryFilter, 'actor'> = {},
  page: PageOptions = { limit: 100 },
  context: ReadingContext = {},
): Promise<LogEntryPage> {
  return await findLogEntries(sequelize, { ...filter, actor: actorEmail }, page, context);
}
