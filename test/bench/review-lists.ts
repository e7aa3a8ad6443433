import { QueryTypes } from 'sequelize';
import type { LogEntryFilter } from '../../src/audit/read/filter.ts';
import { findLogEntries } from '../../src/audit/read/search.ts';
import type { Database } from '../../src/database/open-database.ts';
import { fillLog, logActors, logObjects, logRuns } from './fill-log.ts';
import { checkCounts, type Measurement } from './rounds.ts';

const entryCount = 10_000_000;
const queries = 200;
const limit = 50;
const entriesPerObject = entryCount / logObjects;
const targetMs = 25;

/**
 * Pages of 50 changes by actor, by run and by object in a log of 10,000,000 entries: the 95th percentile of 200
 * queries each, for the first page and for one from the middle. The rate compared is pages per second at the
 * 95th percentile, against the target of 25 ms.
 *
 * @throws Error when any of the queries read the table sequentially, or gave another number of changes than there are
 */
export async function reviewLists(database: Database): Promise<Measurement[]> {
  await fillLog(database, entryCount);
  const scansBefore = await sequentialScans(database);
  const filters: Record<string, (n: number) => LogEntryFilter> = {
    actor: (n) => ({ actor: `actor${n % logActors}@example.org` }),
    run: (n) => ({ run: String((n % logRuns) + 1) }),
    object: (n) => ({ model: 'Event', objectId: String((n * 7919) % logObjects) }),
  };
  const measurements: Measurement[] = [];
  for (const [name, filter] of Object.entries(filters)) {
    for (const [page, before] of Object.entries({
      'first page': undefined,
      'middle page': String(entryCount / 2),
    })) {
      const times: number[] = [];
      for (let n = 0; n < queries; n += 1) {
        const start = performance.now();
        const found = await findLogEntries(database.sequelize, filter(n), { limit, before });
        times.push(performance.now() - start);
        const all = name === 'object' ? entriesPerObject : limit;
        const expected = name === 'object' && before !== undefined ? all / 2 : all;
        checkCounts(`changes by ${name}, ${page}`, { entries: found.entries.length }, { entries: expected });
      }
      const p95 = times.toSorted((a, b) => a - b)[Math.floor(queries * 0.95)] ?? Number.NaN;
      measurements.push({
        comparison: 'review-lists',
        variant: `by ${name}, ${page}`,
        ours: 1000 / p95,
        baseline: 1000 / targetMs,
      });
    }
  }
  const scans = (await sequentialScans(database)) - scansBefore;
  if (scans > 0) throw new Error(`log_entries was read sequentially ${scans} times.`);
  return measurements;
}

async function sequentialScans({ sequelize }: Database): Promise<number> {
  await sequelize.query('SELECT pg_stat_force_next_flush()');
  const [row] = await sequelize.query<{ scans: number }>(
    "SELECT seq_scan::int AS scans FROM pg_stat_user_tables WHERE relname = 'log_entries'",
    { type: QueryTypes.SELECT },
  );
  return row?.scans ?? Number.NaN;
}
