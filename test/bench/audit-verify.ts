import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { QueryTypes } from 'sequelize';
import { z } from 'zod';
import { sealLog } from '../../src/audit/proof/seal.ts';
import type { Database } from '../../src/database/open-database.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import type { Measurement } from './rounds.ts';

const objects = 100_000;
const entriesPerObject = 10;
const targetPerSecond = 100_000;
const targetMegabytes = 300;

/** What the program that verifies prints. */
const resultSchema = z.object({
  entries: z.number(),
  problems: z.number(),
  verifySeconds: z.number(),
  verifyMegabytes: z.number(),
  sealSeconds: z.number(),
});

/**
 * `audit verify` and its seals over a million entries of a hundred thousand events, in a process of its own, so
 * that the memory is its own too. The baselines are what is asked for.
 */
export async function auditVerify(database: Database): Promise<Measurement[]> {
  await seed(database);
  const program = path.join(import.meta.dirname, 'verify-program.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: database.url },
  });
  const result = resultSchema.parse(JSON.parse(stdout));
  if (result.entries !== objects * entriesPerObject || result.problems > 0) {
    throw new Error(`The log of the benchmark is not as it was made: ${stdout}`);
  }
  return [
    {
      name: 'audit verify, against what is asked for',
      ours: result.entries / result.verifySeconds,
      baseline: targetPerSecond,
      unit: 'entries/s',
      target: 1,
    },
    {
      name: 'audit verify, memory that is allowed ÷ its greatest',
      ours: targetMegabytes,
      baseline: result.verifyMegabytes,
      unit: 'MB',
      target: 1,
    },
    {
      name: 'audit verify --seals, the seals alone, against what is asked for',
      ours: result.entries / result.sealSeconds,
      baseline: targetPerSecond,
      unit: 'entries/s',
      target: 1,
    },
  ];
}

/** Made once: a creation with fifteen fields and nine updates of two fields, of each event. */
async function seed({ sequelize }: Database): Promise<void> {
  const [found] = await sequelize.query<{ count: number }>('SELECT count(*)::int AS count FROM log_seals', {
    type: QueryTypes.SELECT,
  });
  if (found?.count === 1) return;
  await emptyTables(sequelize, 'places', 'events', 'log_seals');
  const last = entriesPerObject - 1;
  await sequelize.query(
    `INSERT INTO events (name, description, url, start_date, end_date, time_zone, organizer, low_price, high_price,
                         price_currency, same_as, performers)
     SELECT 'Concert ' || n || ' (${last})', 'An evening with the band of the week. Doors open an hour before. Row ' || n,
            'https://bench.example/events/' || n, '2027-05-01T19:30:00Z'::timestamptz + n * interval '1 minute',
            '2027-05-01T22:00:00Z'::timestamptz + n * interval '1 minute', 'America/Chicago', 'The Band', ${last}, 15,
            'USD', '{https://a.example/,https://b.example/}', '{Ana,Ben}'
     FROM generate_series(1, ${objects}) AS n`,
    { raw: true },
  );
  const insert = (action: number, changes: string) =>
    sequelize.query(
      `INSERT INTO log_entries (action, actor_id, model, object_id, object_label, actor_email, changes, source_url)
       SELECT ${action}, 1, 'Event', id, name, 'scraper@vibemap.com', ${changes}, url FROM events ORDER BY id`,
      { raw: true },
    );
  const instant = (column: string) =>
    `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const created = {
    name: `'Concert ' || id || ' (0)'`,
    description: 'description',
    url: 'url',
    startDate: instant('start_date'),
    endDate: instant('end_date'),
    timeZone: 'time_zone',
    organizer: 'organizer',
    lowPrice: `'0.00'::text`,
    highPrice: 'high_price::text',
    priceCurrency: 'price_currency',
    sameAs: 'same_as',
    performers: 'performers',
    allDay: 'all_day',
    timeKnown: 'time_known',
    status: 'status',
  };
  const pairs = Object.entries(created).map(
    ([field, value]) => `'${field}', jsonb_build_array(NULL, ${value})`,
  );
  await insert(0, `jsonb_build_object(${pairs.join(', ')})`);
  for (let n = 1; n <= last; n += 1) {
    const name = (version: number) => `'Concert ' || id || ' (${version})'`;
    await insert(
      1,
      `jsonb_build_object('name', jsonb_build_array(${name(n - 1)}, ${name(n)}),
                          'lowPrice', jsonb_build_array('${n - 1}.00', '${n}.00'))`,
    );
  }
  await sequelize.query('VACUUM ANALYZE log_entries, events');
  await sealLog(sequelize);
}
