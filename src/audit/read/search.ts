import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { type FieldChanges, type LogAction, logActions } from '../log-entry.ts';
import { entryConditions, resolveSources } from './conditions.ts';
import type { LogEntryFilter, ReadingContext } from './filter.ts';
import { choosePath, lowestIdSince, readingLimit, type Search, scanEntries } from './scan.ts';

/** A log entry as it is read. */
export interface LogEntryRow {
  id: string;
  timestamp: Date;
  action: LogAction;
  actorId: string | null;
  actorEmail: string;
  runId: string | null;
  model: string;
  objectId: string;
  objectLabel: string;
  sourceUrl: string | null;
  correlationId: string | null;
  remoteAddress: string | null;
  changes: FieldChanges;
  extra: Record<string, unknown> | null;
}

const entryColumns = `id, timestamp, action, actor_id AS "actorId", actor_email AS "actorEmail", run_id AS "runId", model,
  object_id AS "objectId", object_label AS "objectLabel", source_url AS "sourceUrl",
  correlation_id AS "correlationId", remote_address AS "remoteAddress", changes, extra`;

type StoredEntry = Omit<LogEntryRow, 'action'> & { action: number };

function entryOf(row: StoredEntry): LogEntryRow {
  return { ...row, action: logActions[row.action] ?? 'access' };
}

/** The entries with these ids, the newest first. */
export async function readLogEntries(sequelize: Sequelize, ids: readonly string[]): Promise<LogEntryRow[]> {
  if (ids.length === 0) return [];
  const rows = await sequelize.query<StoredEntry>(
    `SELECT ${entryColumns} FROM log_entries WHERE id = ANY($1::bigint[]) ORDER BY id DESC`,
    { bind: [[...ids]], type: QueryTypes.SELECT },
  );
  return rows.map(entryOf);
}

/** The newest entry of a record; null when the log has none. */
export async function newestEntry(
  sequelize: Sequelize,
  { model, objectId }: { readonly model: string; readonly objectId: string },
  transaction?: Transaction,
): Promise<LogEntryRow | null> {
  const [row] = await sequelize.query<StoredEntry>(
    `SELECT ${entryColumns} FROM log_entries WHERE model = $1 AND object_id = $2
     ORDER BY model DESC, object_id DESC, id DESC LIMIT 1`,
    { bind: [model, objectId], type: QueryTypes.SELECT, ...(transaction && { transaction }) },
  );
  return row === undefined ? null : entryOf(row);
}

export interface LogEntryPage {
  entries: LogEntryRow[];
  /** Give this as `before` for the next page; null when there is none. */
  next: string | null;
}

export interface PageOptions {
  /** At most so many entries: 1 to 10,000. */
  limit: number;
  before?: string | undefined;
}

/**
 * The newest entries that a search finds.
 *
 * @throws HotspotsError AUDIT_QUERY_INVALID for a limit or id that cannot be
 */
export async function pageOfEntries(
  sequelize: Sequelize,
  { limit, before }: PageOptions,
  search: Search,
): Promise<LogEntryPage> {
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new HotspotsError('AUDIT_QUERY_INVALID', `"limit" must be 1 to 10000; given: ${limit}.`);
  }
  if (before !== undefined && !/^\d{1,18}$/.test(before)) {
    const given = JSON.stringify(before);
    throw new HotspotsError('AUDIT_QUERY_INVALID', `"before" must be the id of an entry; given: ${given}.`);
  }
  const found: bigint[] = [];
  // Below the reach of all keys, entries of some are still missing: those found there must wait.
  let ready: bigint[] = [];
  let reach: string | null = null;
  for await (const step of scanEntries(sequelize, { ...search, before, wanted: limit + 1 })) {
    found.push(...step.ids.map(BigInt));
    reach = step.reach;
    const lowest = BigInt(reach ?? 0);
    ready = found.filter((id) => id >= lowest).sort((a, b) => (a < b ? 1 : -1));
    if (ready.length > limit) break;
  }
  const shown = ready.slice(0, limit).map(String);
  return {
    entries: await readLogEntries(sequelize, shown),
    next: ready.length > limit ? (shown.at(-1) ?? null) : reach,
  };
}

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

/**
 * Log entries, newest first, one page at a time. Pages are cut by id, so that a page deep down costs as
 * little as the first and entries written meanwhile shift nothing. The changes are read only of the entries
 * on the page.
 *
 * A call looks at a bounded number of entries. When few of them fit, the page may hold fewer than `limit`
 * although `next` is not null: the search continues from there.
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
