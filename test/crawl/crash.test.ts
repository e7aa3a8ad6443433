import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyLog } from '../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import type { Database } from '../../src/database/open-database.ts';
import { defineModels } from '../../src/models.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { TestProgram } from '../helpers/test-program.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { TestSite } from './helpers/test-site.ts';

const childFile = '../crawl/helpers/event-crawl-child.ts';
const eventCount = 600;
const kills = 10;
/** The advisory lock at which a crawl is stopped in the middle of its transaction. */
const barrier = 4711;

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  defineModels(database.sequelize);
  // The crawl passes the barrier before and after each of its writes; while the test holds it, the crawl stands
  // still inside the transaction, with the write half done.
  await database.sequelize.query(`
    CREATE FUNCTION wait_at_barrier() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(${barrier});
      RETURN NULL;
    END $$;
    CREATE TRIGGER barrier AFTER INSERT ON places FOR EACH STATEMENT EXECUTE FUNCTION wait_at_barrier();
    CREATE TRIGGER barrier AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION wait_at_barrier();
    CREATE TRIGGER barrier AFTER INSERT ON log_entries FOR EACH STATEMENT EXECUTE FUNCTION wait_at_barrier();
    CREATE TRIGGER barrier AFTER INSERT ON source_records FOR EACH STATEMENT EXECUTE FUNCTION wait_at_barrier();
    CREATE TRIGGER barrier AFTER UPDATE ON crawl_requests FOR EACH STATEMENT EXECUTE FUNCTION wait_at_barrier();
  `);
});
afterAll(() => database.close());

const select = <Row extends object>(sql: string) =>
  database.sequelize.query<Row>(sql, { type: QueryTypes.SELECT });

async function numberOf(sql: string): Promise<number> {
  const [row] = await select<{ n: number }>(`SELECT (${sql})::int AS n`);
  return row?.n ?? Number.NaN;
}

/** Records without their entry, and entries without their record. */
async function inconsistencies() {
  return select(`
    SELECT 'Event' AS model, events.id::text, entry.id::text AS entry
    FROM events FULL JOIN (SELECT * FROM log_entries WHERE model = 'Event' AND action = 0) entry
      ON entry.object_id = events.id::text
    WHERE events.id IS NULL OR entry.id IS NULL OR entry.changes -> 'name' ->> 1 <> events.name
    UNION ALL
    SELECT 'Place', places.id::text, entry.id::text
    FROM places FULL JOIN (SELECT * FROM log_entries WHERE model = 'Place' AND action = 0) entry
      ON entry.object_id = places.id::text
    WHERE places.id IS NULL OR entry.id IS NULL OR entry.changes -> 'name' ->> 1 <> places.name
    UNION ALL
    SELECT 'SourceRecord', id::text, NULL FROM source_records WHERE place_id IS NULL AND event_id IS NULL`);
}

/** What the program says in front of its statements. */
function withoutComment(statement: string): string {
  return statement.replace(/^\/\*.*?\*\//s, '');
}

function eventPage(n: number): string {
  const event = {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name: `Event ${n}`,
    startDate: '2027-05-09T19:30',
    url: `/events/${n}`,
    location: {
      '@type': 'Place',
      name: `Venue ${n % 7}`,
      address: `${n % 7} Main Street, Springfield, IL 60601`,
    },
  };
  return `<!doctype html><title>${n}</title><script type="application/ld+json">${JSON.stringify(event)}</script>`;
}

test(`after ${kills} kills in the middle of a write no record lacks its entry and no entry its record`, async () => {
  const links = Array.from({ length: eventCount }, (_, n) => `<a href="/events/${n}">${n}</a>`);
  const half = eventCount / 2;
  await using site = await TestSite.start({
    '/': { body: `${links.slice(0, half).join('')}<a rel="next" href="/more">Next</a>` },
    '/more': { body: links.slice(half).join('') },
  });
  for (let n = 0; n < eventCount; n += 1) site.routes.set(`/events/${n}`, { body: eventPage(n) });
  const start = () => new TestProgram(childFile, { parameters: [database.url, site.url('/')] });

  const killedIn: string[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const written = await numberOf('SELECT count(*) FROM events');
    const child = start();
    await waitFor(
      'more events than before',
      async () => (await numberOf('SELECT count(*) FROM events')) > written,
    );
    await database.sequelize.transaction(async (transaction) => {
      await database.sequelize.query(`SELECT pg_advisory_xact_lock(${barrier})`, { transaction });
      const waiting = await waitFor('the crawl inside a write', async () => {
        const [backend] = await select<{ query: string }>(
          `SELECT query FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event = 'advisory' AND wait_event_type = 'Lock'`,
        );
        return backend?.query;
      });
      killedIn.push(waiting);
      await child.kill();
    });
    await waitFor('the end of the killed process', async () => {
      return (await numberOf("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) === 0;
    });
    expect(await inconsistencies()).toEqual([]);
  }
  expect(killedIn.filter((statement) => !/^\s*(?:INSERT|UPDATE)/i.test(withoutComment(statement)))).toEqual(
    [],
  );

  expect(await start().answer()).toBe('finished');
  expect(await inconsistencies()).toEqual([]);
  expect(await numberOf('SELECT count(*) FROM events')).toBe(eventCount);
  expect(await numberOf('SELECT count(DISTINCT name) FROM events')).toBe(eventCount);
  expect(await numberOf('SELECT count(*) FROM places')).toBe(7);
  expect(await numberOf('SELECT count(*) FROM log_entries WHERE action <> 0')).toBe(0);
  const verified = await verifyLog(database.sequelize, auditlog.registrations());
  expect(verified).toMatchObject({ problems: 0 });
  expect(await select('SELECT pages, created, state FROM runs')).toEqual([
    { pages: eventCount + 2, created: eventCount + 7, state: 'finished' },
  ]);
}, 120_000);
