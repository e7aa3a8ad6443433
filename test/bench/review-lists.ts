import { QueryTypes } from 'sequelize';
import { findLogEntries } from '../../src/audit/reading/find-log-entries.ts';
import type { LogEntryFilter } from '../../src/audit/reading/log-entry-filter.ts';
import type { Database } from '../../src/database/open-database.ts';
import type { Measurement } from './rounds.ts';

const entryCount = 10_000_000;
const actors = 500;
const runs = 5_000;
const objects = 1_000_000;
const queries = 200;
const targetMs = 25;

let filled = false;

/**
 * Pages of 50 changes by actor, by run and by object in a log of 10,000,000 entries: the 95th percentile of 200
 * queries each, for the first page and for one from the middle. The rate compared is pages per second at the
 * 95th percentile, against the target of 25 ms.
 *
 * @throws Error when any of the queries read the table sequentially.
 */
export async function reviewLists(database: Database): Promise<Measurement[]> {
  if (!filled) await fill(database);
  filled = true;
  const scansBefore = await sequentialScans(database);
  const filters: Record<string, (n: number) => LogEntryFilter> = {
    actor: (n) => ({ actor: `actor${n % actors}@example.org` }),
    run: (n) => ({ run: String((n % runs) + 1) }),
    object: (n) => ({ model: 'Event', objectId: String((n * 7919) % objects) }),
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
        await findLogEntries(database.sequelize, filter(n), { limit: 50, before });
        times.push(performance.now() - start);
      }
      const p95 = times.toSorted((a, b) => a - b)[Math.floor(queries * 0.95)] ?? Number.NaN;
      measurements.push({
        name: `50 changes by ${name}, ${page}, at p95`,
        ours: 1000 / p95,
        baseline: 1000 / targetMs,
        unit: 'pages/s',
        target: 1,
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

/** Made in the database, without the indexes, which are put back afterwards: so it takes minutes and not an hour. */
async function fill({ sequelize }: Database): Promise<void> {
  process.stderr.write(`making ${entryCount} entries\n`);
  const indexes = await sequelize.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'log_entries' AND indexname <> 'log_entries_pkey'`,
    { type: QueryTypes.SELECT },
  );
  await sequelize.query(indexes.map(({ name }) => `DROP INDEX ${name}`).join(';'));
  await sequelize.query(
    `INSERT INTO log_entries (timestamp, actor_id, run_id, action, model, object_id, object_label, actor_email, changes, source_url)
     SELECT now() - make_interval(secs => ${entryCount} - n), n % ${actors}, n / ${entryCount / runs} + 1, 1, 'Event',
            (n * 31 % ${objects})::text, 'Concert ' || n, 'actor' || n % ${actors} || '@example.org',
            jsonb_build_object('name', jsonb_build_array('Concert ' || n, 'Concert ' || n + 1),
                               'status', jsonb_build_array('EventScheduled', 'EventPostponed')),
            'https://example.org/events/' || n
     FROM generate_series(0, ${entryCount - 1}) n`,
  );
  for (const { definition } of indexes) await sequelize.query(definition);
  await sequelize.query('VACUUM ANALYZE log_entries');
}
