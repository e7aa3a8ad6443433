import { QueryTypes, type Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { type LogEntryRow, readLogEntries } from './log-entry-row.ts';
import { newestId, stepSize } from './scan-bounds.ts';
import { type ScanPath, type ScanStep, scanStatement } from './scan-path.ts';

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

/** What a page is cut from. */
export interface Search {
  path: ScanPath;
  floor: string;
  readingLimit: number;
  /** The condition on an entry, as SQL with placeholders for the values given to `value`. */
  condition: (value: (bound: unknown) => string) => string;
}

/** Reads along a path, step by step, until the page is full, the path ends or enough was read. */
export async function pageOfEntries(
  sequelize: Sequelize,
  page: PageOptions,
  search: Search,
): Promise<LogEntryPage> {
  checkPage(page);
  const keys = search.path.keys.length;
  const ids: string[] = [];
  let reach: string | null = keys === 0 ? null : (page.before ?? newestId);
  for (let read = 0; reach !== null && read < search.readingLimit && ids.length <= page.limit; ) {
    const size = stepSize(keys, read === 0 ? page.limit + 1 : undefined);
    const before = search.path.keys.map(() => reach ?? newestId);
    const found = await takeStep(sequelize, { path: search.path, before, floor: search.floor, size }, search);
    ids.push(...found.ids);
    read += found.read;
    reach = found.reach;
  }
  const shown = ids.slice(0, page.limit);
  return {
    entries: await readLogEntries(sequelize, shown),
    next: ids.length > shown.length ? (shown.at(-1) ?? null) : reach,
  };
}

/** `reach`: down to this id all keys have been read; null when they have been read to their ends. */
async function takeStep(
  sequelize: Sequelize,
  step: ScanStep,
  { condition }: Search,
): Promise<{ ids: string[]; read: number; reach: string | null }> {
  const bind: unknown[] = [];
  const value = (bound: unknown) => `$${bind.push(bound)}`;
  const statement = scanStatement(step, condition(value), value);
  const [row] = await sequelize.query<{ ids: string[]; read: number; reach: string | null }>(
    `WITH step AS MATERIALIZED (${statement}),
     reach AS (
       SELECT max(lowest) AS id
       FROM (SELECT min(id) AS lowest FROM step GROUP BY part HAVING count(*) >= ${value(step.size)}) part
     )
     SELECT (SELECT count(*)::int FROM step) AS read,
            (SELECT id::text FROM reach) AS reach,
            ARRAY(
              SELECT id::text FROM step
              WHERE wanted AND id >= coalesce((SELECT id FROM reach), 0)
              ORDER BY step.id DESC
            ) AS ids`,
    { bind, type: QueryTypes.SELECT },
  );
  return row ?? { ids: [], read: 0, reach: null };
}

function checkPage({ limit, before }: PageOptions): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new HotspotsError('AUDIT_QUERY_INVALID', `"limit" must be 1 to 10000; given: ${limit}.`);
  }
  if (before !== undefined && !/^\d{1,18}$/.test(before)) {
    throw new HotspotsError(
      'AUDIT_QUERY_INVALID',
      `"before" must be the id of an entry; given: ${JSON.stringify(before)}.`,
    );
  }
}
