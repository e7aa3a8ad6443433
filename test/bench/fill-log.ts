import { QueryTypes } from 'sequelize';
import type { Database } from '../../src/database/open-database.ts';

/** How many there are of each in a log that `fillLog` made. */
export const logActors = 500;
export const logRuns = 5_000;
export const logObjects = 1_000_000;

let filled = 0;

/**
 * Entries of several actors, runs and objects, mixed. Made in the database, without the indexes, which are put back
 * afterwards: so ten million take minutes and not an hour. A log that was filled before stays as it is.
 *
 * @throws Error when it was filled with another number of entries
 */
export async function fillLog({ sequelize }: Database, entryCount: number): Promise<void> {
  if (filled === entryCount) return;
  if (filled !== 0) throw new Error(`The log has ${filled} entries already, not ${entryCount}.`);
  process.stderr.write(`making ${entryCount} entries\n`);
  const indexes = await sequelize.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'log_entries' AND indexname <> 'log_entries_pkey'`,
    { type: QueryTypes.SELECT },
  );
  await sequelize.query(indexes.map(({ name }) => `DROP INDEX ${name}`).join(';'));
  await sequelize.query(
    `INSERT INTO log_entries (timestamp, actor_id, run_id, action, model, object_id, object_label, actor_email, changes, source_url)
     SELECT now() - make_interval(secs => ${entryCount} - n), n % ${logActors}, n / ${entryCount / logRuns} + 1, 1, 'Event',
            (n * 31 % ${logObjects})::text, 'Concert ' || n, 'actor' || n % ${logActors} || '@example.org',
            jsonb_build_object('name', jsonb_build_array('Concert ' || n, 'Concert ' || n + 1),
                               'status', jsonb_build_array('EventScheduled', 'EventPostponed')),
            'https://example.org/events/' || n
     FROM generate_series(0, ${entryCount - 1}) n`,
  );
  for (const { definition } of indexes) await sequelize.query(definition);
  await sequelize.query('VACUUM ANALYZE log_entries');
  filled = entryCount;
}
