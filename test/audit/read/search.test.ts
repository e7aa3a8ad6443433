import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LogEntryFilter, ReadingContext } from '../../../src/audit/read/filter.ts';
import { changesBy, countLogEntries, findLogEntries } from '../../../src/audit/read/search.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { addEntries } from './helpers/add-entries.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
});
afterAll(() => database.close());

const context: ReadingContext = {
  actorEmails: { scraper: 'Scraper@example.org', system: 'system@example.org' },
  runsOfSource: async (source) => (source === 'town' ? ['7', '8'] : []),
};

async function idsOf(filter: LogEntryFilter, limit = 100): Promise<string[]> {
  const { entries, next } = await findLogEntries(database.sequelize, filter, { limit }, context);
  expect(next).toBeNull();
  expect(await countLogEntries(database.sequelize, filter, 10_000, context)).toEqual({
    count: entries.length,
    capped: false,
  });
  return entries.map(({ id }) => id);
}

describe('findLogEntries', () => {
  let ids: Record<string, string>;

  beforeAll(async () => {
    await emptyTables(database.sequelize, 'log_entries');
    const named = {
      ana: {
        actor: 'ana@example.org',
        objectId: '1',
        changes: { name: ['Fair', 'Féte'] },
        correlation: 'c-1',
      },
      scraped: {
        actor: 'scraper@example.org',
        run: '7',
        model: 'Event',
        changes: { name: ['a', 'b'], url: ['a', 'b'] },
      },
      job: {
        actor: 'system@example.org',
        run: '9',
        action: 'delete',
        objectId: '2',
        changes: { count: [12, null] },
      },
      psql: { actor: 'database:postgres', timestamp: '2020-01-01T00:00:00Z', changes: {} },
      joined: {
        actor: 'scraper@example.org',
        run: '8',
        objectId: '-3',
        changes: { tags: { type: 'm2m', operation: 'add', objects: ['Harbour "Lights"'], ids: ['5'] } },
      },
    } as const;
    const added = await addEntries(database.sequelize, Object.values(named));
    ids = Object.fromEntries(Object.keys(named).map((name, index) => [name, added[index] ?? '']));
  });

  const cases: [name: string, filter: LogEntryFilter, expected: string[]][] = [
    ['nothing in particular', {}, ['joined', 'psql', 'job', 'scraped', 'ana']],
    ['an actor, whatever the capitals', { actor: 'ANA@example.org' }, ['ana']],
    ['any of several actors', { actor: ['ana@example.org', 'system@example.org'] }, ['job', 'ana']],
    ['what spiders did', { actorType: 'scraper' }, ['joined', 'scraped']],
    ['what people did', { actorType: 'user' }, ['ana']],
    ['what the system did', { actorType: 'system' }, ['job']],
    ['what was written from outside the program', { actorType: 'database' }, ['psql']],
    ['a model', { model: 'Event' }, ['scraped']],
    ['a record', { model: 'Widget', objectId: '2' }, ['job']],
    ['a key, of whatever model', { objectId: '1' }, ['psql', 'scraped', 'ana']],
    ['a field', { field: 'name' }, ['scraped', 'ana']],
    ['any of several fields', { field: ['url', 'tags'] }, ['joined', 'scraped']],
    ['an action', { action: 'delete' }, ['job']],
    ['a run', { run: '9' }, ['job']],
    ['the runs of a source', { source: 'town' }, ['joined', 'scraped']],
    ['a run of a source', { source: 'town', run: ['8', '9'] }, ['joined']],
    ['a source without runs', { source: 'village' }, []],
    ['none of no runs', { run: [] }, []],
    ['a correlation id', { correlationId: 'c-1' }, ['ana']],
    ['a time from', { since: new Date('2021-01-01') }, ['joined', 'job', 'scraped', 'ana']],
    ['a time until', { until: new Date('2021-01-01') }, ['psql']],
    ['a time that is not yet', { since: new Date('2100-01-01') }, []],
    ['text in an old or new value', { contains: 'FÉT' }, ['ana']],
    ['text in an old value', { contains: 'fair' }, ['ana']],
    ['a number in a value', { contains: '12' }, ['job']],
    ['text of a record that joined', { contains: 'harbour "lights"' }, ['joined']],
    ['the name of a field, which is no value', { contains: 'name' }, []],
    ['the mark of a relation, which is no value', { contains: 'm2m' }, []],
    ['two conditions', { actor: 'scraper@example.org', model: 'Widget' }, ['joined']],
    ['not an actor', { not: { actor: 'Scraper@example.org' } }, ['psql', 'job', 'ana']],
    ['not a kind of actor', { not: { actorType: ['scraper', 'database'] } }, ['job', 'ana']],
    [
      'not a run, which entries without a run are not',
      { not: { run: '7' } },
      ['joined', 'psql', 'job', 'ana'],
    ],
    ['not a source', { not: { source: 'town' } }, ['psql', 'job', 'ana']],
    ['neither model nor action', { not: { model: 'Event', action: 'delete' } }, ['joined', 'psql', 'ana']],
    ['a field but not another', { field: 'name', not: { field: 'url' } }, ['ana']],
    ['not a text', { not: { contains: 'harbour' } }, ['psql', 'job', 'scraped', 'ana']],
    ['not a correlation id', { not: { correlationId: 'c-1' } }, ['joined', 'psql', 'job', 'scraped']],
    ['not a record', { not: { objectId: '1' } }, ['joined', 'job']],
  ];

  test.each(cases)('finds and counts the entries that fit: %s', async (_name, filter, expected) => {
    expect(await idsOf(filter)).toEqual(expected.map((name) => ids[name]));
  });

  test('gives what an actor did', async () => {
    const { entries } = await changesBy(database.sequelize, 'scraper@example.org', { model: 'Event' });
    expect(entries.map(({ id }) => id)).toEqual([ids.scraped]);
  });

  test('says what it needs for a kind of actor or a source', async () => {
    const find = (filter: LogEntryFilter) => findLogEntries(database.sequelize, filter, { limit: 1 });
    await expect(find({ actorType: 'user' })).rejects.toThrow(/"actorEmails" in the reading context/);
    await expect(find({ source: 'town' })).rejects.toThrow(/"runsOfSource" in the reading context/);
    await expect(find({ not: { source: 'town' } })).rejects.toMatchObject({ code: 'AUDIT_QUERY_INVALID' });
  });

  test.each([
    { limit: 0 },
    { limit: 10_001 },
    { limit: 1.5 },
    { limit: 1, before: "1'" },
    { limit: 1, before: '9'.repeat(19) },
  ])('refuses a page that cannot be: %j', async (page) => {
    await expect(findLogEntries(database.sequelize, {}, page)).rejects.toMatchObject({
      code: 'AUDIT_QUERY_INVALID',
    });
  });
});

describe('findLogEntries over many entries', () => {
  const total = 130_000;

  beforeAll(async () => {
    await emptyTables(database.sequelize, 'log_entries');
    // The system wrote much, but long ago; one entry in a thousand by one of fifty people.
    await database.sequelize.query(
      `INSERT INTO log_entries (timestamp, run_id, action, model, object_id, object_label, actor_email, changes,
                                correlation_id)
       SELECT timestamptz '2026-01-01' + n * interval '1 second', n / 100 + 1, 1,
         CASE WHEN n <= 20000 THEN 'Old' ELSE 'Event' END, (n % 977)::text, 'label',
         CASE WHEN n % 1000 = 7 THEN 'user' || n / 1000 % 50 || '@example.org'
              WHEN n <= 30000 THEN 'system@example.org' ELSE 'scraper@example.org' END,
         jsonb_build_object(CASE WHEN n = 1 THEN 'rare' ELSE 'name' END, jsonb_build_array(n, n + 1)),
         CASE WHEN n % 1000 = 7 THEN 'c-' || n END
       FROM generate_series(1, ${total}) n`,
    );
    await database.sequelize.query('ANALYZE log_entries');
  });

  let firstId: bigint;
  beforeEach(async () => {
    const [row] = await database.sequelize.query<{ id: string }>('SELECT min(id) AS id FROM log_entries', {
      type: QueryTypes.SELECT,
    });
    firstId = BigInt(row?.id ?? 0);
  });

  /** The numbers, from 1, of all entries that fit, and how many pages it took. */
  async function allPages(filter: LogEntryFilter, limit: number) {
    const numbers: number[] = [];
    let pages = 0;
    let before: string | undefined;
    do {
      const page = await findLogEntries(database.sequelize, filter, { limit, before }, context);
      expect(page.entries.length).toBeLessThanOrEqual(limit);
      numbers.push(...page.entries.map(({ id }) => Number(BigInt(id) - firstId) + 1));
      before = page.next ?? undefined;
      pages += 1;
    } while (before !== undefined);
    return { numbers, pages };
  }

  const everyThousandth = Array.from({ length: 130 }, (_, index) => 129_007 - 1000 * index);

  test('pages through the entries of many actors, each once, the newest first', async () => {
    const { numbers } = await allPages({ actorType: 'user' }, 40);
    expect(numbers).toEqual(everyThousandth);
  });

  test('pages through the entries of many runs, each once, the newest first', async () => {
    const runs = Array.from({ length: 700 }, (_, index) => String(index + 1));
    const { numbers } = await allPages({ run: runs }, 9_999);
    expect(numbers).toEqual(Array.from({ length: 69_999 }, (_, index) => 69_999 - index));
  });

  test('hands over a page that is not full rather than reading on and on', async () => {
    const { numbers, pages } = await allPages({ field: 'rare' }, 10);
    expect(numbers).toEqual([1]);
    expect(pages).toBe(2);
  });

  test('stops at the time from which entries are wanted', async () => {
    const { entries, next } = await findLogEntries(
      database.sequelize,
      { field: 'rare', since: new Date('2026-01-01T12:00:00Z') },
      { limit: 10 },
    );
    expect({ entries, next }).toEqual({ entries: [], next: null });
  });

  test('counts up to a cap, and says when there are more', async () => {
    const count = (filter: LogEntryFilter, cap?: number) =>
      countLogEntries(database.sequelize, filter, cap, context);
    expect(await count({})).toEqual({ count: 10_000, capped: true });
    expect(await count({ actorType: 'user' }, 130)).toEqual({ count: 130, capped: false });
    expect(await count({ actorType: 'user' }, 129)).toEqual({ count: 129, capped: true });
    expect(await count({ run: '5' })).toEqual({ count: 100, capped: false });
    // Not all could be looked at.
    expect(await count({ field: 'rare' })).toEqual({ count: 0, capped: true });
  });

  test.each<[string, LogEntryFilter]>([
    ['an actor who wrote long ago', { actor: 'system@example.org' }],
    ['a model that was written long ago', { model: 'Old' }],
    ['an actor and a model', { actor: 'system@example.org', model: 'Event' }],
    ['people', { actorType: 'user' }],
    ['old runs', { run: ['1', '2', '3'] }],
    ['a record', { model: 'Event', objectId: '5' }],
    ['a key', { objectId: '5' }],
    ['a correlation id', { correlationId: 'c-1007' }],
    ['a field of a run', { run: '1', field: 'rare' }],
    ['a time', { since: new Date('2026-01-02T12:06:39Z') }],
    ['nothing in particular', {}],
  ])('reads only a small part of the log, and no table from end to end, for %s', async (_name, filter) => {
    const { tuples, sequentialScans } = await readingOf(async () => {
      expect((await findLogEntries(database.sequelize, filter, { limit: 50 }, context)).entries).not.toEqual(
        [],
      );
    });
    expect(sequentialScans).toBe(0);
    expect(tuples).toBeLessThan(16_000);
  });

  /**
   * What the statements of `work` read of `log_entries`: rows and index entries, and scans of the whole table.
   * The pool has one connection, so that they share a transaction, whose own statistics are at hand.
   */
  async function readingOf(work: () => Promise<void>) {
    await database.sequelize.query('BEGIN');
    try {
      const before = await statistics();
      await work();
      const after = await statistics();
      return { tuples: after.tuples - before.tuples, sequentialScans: after.scans - before.scans };
    } finally {
      await database.sequelize.query('ROLLBACK');
    }
  }

  async function statistics(): Promise<{ tuples: number; scans: number }> {
    const [row] = await database.sequelize.query<{ tuples: number; scans: number }>(
      `SELECT (seq_tup_read + idx_tup_fetch + (
                 SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index WHERE indrelid = relid
               ))::int AS tuples,
              seq_scan::int AS scans
       FROM pg_stat_xact_user_tables WHERE relname = 'log_entries'`,
      { type: QueryTypes.SELECT },
    );
    return row ?? { tuples: Number.NaN, scans: Number.NaN };
  }
});
