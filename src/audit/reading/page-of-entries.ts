import type { Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import { type LogEntryRow, readLogEntries } from './log-entry-row.ts';
import { type Search, scanEntries } from './scan-entries.ts';

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
