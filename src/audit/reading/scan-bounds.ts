import { QueryTypes, type Sequelize } from 'sequelize';
import type { LogEntryFilter } from './log-entry-filter.ts';

/** Above every id. */
export const newestId = '9223372036854775807';

/**
 * How many entries of each key one statement looks at, which is few enough that it always goes by the index
 * it should. The first statement of a page needs not look at many.
 */
export function stepSize(keys: number, limit = 5000): number {
  return Math.max(
    10,
    Math.min(limit, Math.ceil(20_000 / keys)),
    Math.ceil((limit < 5000 ? 500 : 5000) / keys),
  );
}

/**
 * How many entries one call looks at before it hands over what it has: about a tenth of a second, three of
 * them when it reads every value.
 */
export function readingLimit({ contains, not }: LogEntryFilter): number {
  return contains === undefined && not?.contains === undefined ? 100_000 : 20_000;
}

/**
 * The lowest id that an entry of that time or later can have; null when there is no such entry. An entry's id
 * and time are drawn together, so that only writes at the same moment are out of order: the first thousand
 * are looked at.
 */
export async function lowestIdSince(sequelize: Sequelize, since: Date): Promise<string | null> {
  const [row] = await sequelize.query<{ id: string | null }>(
    `SELECT min(id) AS id FROM (
       SELECT id FROM log_entries WHERE timestamp >= $1 ORDER BY timestamp, id LIMIT 1000
     ) first_entries`,
    { bind: [since], type: QueryTypes.SELECT },
  );
  return row?.id ?? null;
}
