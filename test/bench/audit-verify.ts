import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { withUserActor } from '../../src/audit/actors.ts';
import { sealLog } from '../../src/audit/proof/seal.ts';
import type { Database } from '../../src/database/open-database.ts';
import { countRows, startAnew } from './bench-database.ts';
import type { Measurement } from './rounds.ts';

const entriesPerObject = 10;
const targetPerSecond = 100_000;
const targetMegabytes = 300;

/** What the program that verifies prints. */
const resultSchema = z.object({
  entries: z.number(),
  problems: z.number(),
  verifySeconds: z.number(),
  verifyMegabytes: z.number(),
  sealedEntries: z.number(),
  sealSeconds: z.number(),
});

/**
 * `audit verify` and its seals over a million entries of a hundred thousand events, in a process of its own, so
 * that the memory is its own too. The baselines are targets.
 *
 * @param scale how much of it is done; 1 is the benchmark
 */
export async function auditVerify(database: Database, _round: number, scale: number): Promise<Measurement[]> {
  const objects = Math.max(100, Math.round(100_000 * scale));
  const entries = objects * entriesPerObject;
  await seed(database, objects);
  const program = path.join(import.meta.dirname, 'verify-program.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: { ...process.env, DATABASE_URL: database.url },
  });
  const result = resultSchema.parse(JSON.parse(stdout));
  if (result.entries !== entries || result.sealedEntries !== entries || result.problems > 0)
    throw new Error(`Not all of the ${entries} entries were verified, or some were wrong: ${stdout}`);
  return [
    { comparison: 'verify-log', ours: entries / result.verifySeconds, baseline: targetPerSecond },
    { comparison: 'verify-memory', ours: targetMegabytes, baseline: result.verifyMegabytes },
    { comparison: 'verify-seals', ours: entries / result.sealSeconds, baseline: targetPerSecond },
  ];
}

/**
 * Made once, because verifying changes nothing: a creation and nine updates of two fields, of each event. The triggers
 * record the creations; the updates are written to the log and to the rows by themselves, which is faster.
 */
async function seed({ sequelize }: Database, objects: number): Promise<void> {
  const { events, seals } = await countRows(sequelize, { events: 'events', seals: 'log_seals' });
  if (events === objects && seals === 1) return;
  await startAnew(sequelize);
  await withUserActor({ id: null, email: 'ana@example.org' }, () =>
    sequelize.query(
      `INSERT INTO events (name, description, url, start_date, end_date, time_zone, organizer, low_price, high_price,
                           price_currency, same_as, performers)
       SELECT 'Concert ' || n || ' (0)', 'An evening with the band of the week. Doors open an hour before. Row ' || n,
              'https://bench.example/events/' || n, '2027-05-01T19:30:00Z'::timestamptz + n * interval '1 minute',
              '2027-05-01T22:00:00Z'::timestamptz + n * interval '1 minute', 'America/Chicago', 'The Band', 0, 15,
              'USD', '{https://a.example/,https://b.example/}', '{Ana,Ben}'
       FROM generate_series(1, ${objects}) AS n`,
    ),
  );
  const name = (version: number) => `'Concert ' || id || ' (${version})'`;
  const last = entriesPerObject - 1;
  for (let n = 1; n <= last; n += 1) {
    await sequelize.query(
      `INSERT INTO log_entries (action, actor_id, model, object_id, object_label, actor_email, changes, source_url)
       SELECT 1, 1, 'Event', id, name, 'scraper@vibemap.com',
              jsonb_build_object('name', jsonb_build_array(${name(n - 1)}, ${name(n)}),
                                 'lowPrice', jsonb_build_array('${n - 1}.00', '${n}.00')), url
       FROM events ORDER BY id`,
    );
  }
  await sequelize.query(
    `ALTER TABLE events DISABLE TRIGGER USER;
     UPDATE events SET name = ${name(last)}, low_price = ${last};
     ALTER TABLE events ENABLE TRIGGER USER`,
  );
  await sequelize.query('VACUUM ANALYZE log_entries, events');
  await sealLog(sequelize);
}
