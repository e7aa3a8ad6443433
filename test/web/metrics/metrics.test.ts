import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { withSystemActor } from '../../../src/audit/actors.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { openSession } from '../../../src/database/session.ts';
import { deadLetters, openJobQueue } from '../../../src/jobs/queue.ts';
import { bindModels } from '../../../src/models.ts';
import { Place } from '../../../src/records/place.ts';
import { entryCounter } from '../../../src/web/metrics/metrics.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { password, startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { parseMetrics } from './parse-metrics.ts';

describe('entry counter', () => {
  let database: Database;
  let slow: pg.Client;
  let quick: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    slow = await openSession(database.sequelize);
    quick = await openSession(database.sequelize);
  });
  afterAll(async () => {
    await slow.end();
    await quick.end();
    await database.close();
  });

  const write = (session: pg.Client, action: number) =>
    session.query(
      `INSERT INTO log_entries (action, model, object_id, object_label, changes, actor_email)
     VALUES ($1, 'Place', '1', 'Library', '{}', 'ana@example.org')`,
      [action],
    );
  const counts = async (count: ReturnType<typeof entryCounter>) => Object.fromEntries(await count());

  test('counts each entry once, also one that is committed after later ones were counted', async () => {
    const count = entryCounter(database.sequelize);
    expect(await counts(count)).toEqual({});
    await write(quick, 0);
    await slow.query('BEGIN');
    await write(slow, 2);
    await write(quick, 1);
    expect(await counts(count)).toEqual({ 0: 1, 1: 1 });
    expect(await counts(count)).toEqual({ 0: 1, 1: 1 });
    await slow.query('COMMIT');
    expect(await counts(count)).toEqual({ 0: 1, 1: 1, 2: 1 });
    await write(slow, 0);
    expect(await Promise.all([counts(count), counts(count)])).toEqual(Array(2).fill({ 0: 2, 1: 1, 2: 1 }));
  });

  test('reads what it has counted no second time: what retention removes stays counted until the next start', async () => {
    const count = entryCounter(database.sequelize);
    const before = await counts(count);
    await slow.query('BEGIN');
    await slow.query('SET LOCAL hotspots.retention = on');
    await slow.query('DELETE FROM log_entries WHERE action = 1');
    await slow.query('COMMIT');
    await write(quick, 0);
    expect(await counts(count)).toEqual({ ...before, 0: (before[0] ?? 0) + 1 });
    expect(await counts(entryCounter(database.sequelize))).toEqual({ 0: 3, 2: 1 });
  });

  test('counts again after the database was away', async () => {
    const count = entryCounter(database.sequelize);
    await quick.query('ALTER TABLE log_entries RENAME TO away');
    await expect(count()).rejects.toThrow(/log_entries/);
    await quick.query('ALTER TABLE away RENAME TO log_entries');
    expect(await counts(count)).toEqual({ 0: 3, 2: 1 });
  });
});

describe('metrics', () => {
  const token = 'mE7rics-token-of-the-town';
  vi.stubEnv('HOTSPOTS_METRICS_TOKEN', token);

  let database: Database;
  let sequelize: Sequelize;
  let web: TestWeb;

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ sequelize } = database);
    await bindModels(database);
    web = await startTestWeb(database);
    await withSystemActor(async () => {
      const place = await Place.create({ name: 'Library of the scraped words' });
      await place.update({ name: 'Library', description: 'scraped words' });
    });
  });
  afterAll(async () => {
    await web[Symbol.asyncDispose]();
    await database.close();
  });

  const read = async () => (await web.app.inject('/metrics')).body;
  const crawl = (source: string, state: string, counts: string, started = 'now()') =>
    sequelize.query(
      `INSERT INTO runs (spider, source_name, request_key, actor_email, state, finished_at, started_at, error,
                       pages, items, created, updated, unchanged, rejected)
     VALUES ('events', '${source}', '${source} ${state}', 'ana@example.org', '${state}',
             CASE WHEN '${state}' <> 'running' THEN now() END, ${started}, 'scraped words', ${counts})`,
    );

  test('no jobs are counted before a queue was opened, and that opens none', async () => {
    const metrics = parseMetrics(await read());
    expect(metrics.get('hotspots_dead_jobs')).toBe(0);
    expect(metrics.get('hotspots_workers')).toBe(0);
    const [[row]] = await sequelize.query("SELECT to_regnamespace('pgboss') AS schema");
    expect(row).toEqual({ schema: null });
  });

  test('crawls are counted by source and state, with what became of items, and the newest of each', async () => {
    await crawl('library', 'failed', '1, 2, 0, 0, 0, 2', "now() - interval '2 hours'");
    await crawl('library', 'finished', '10, 20, 5, 4, 3, 2', "now() - interval '1 hour'");
    await crawl('museum', 'running', '3, 0, 0, 0, 0, 0');
    const metrics = parseMetrics(await read());
    const of = (name: string, labels: string) => metrics.get(`hotspots_${name}{${labels}}`);
    const library = 'source="library",spider="events"';
    expect(of('crawls_total', `${library},state="failed"`)).toBe(1);
    expect(of('crawls_total', `${library},state="finished"`)).toBe(1);
    expect(of('crawls_total', `${library},state="running"`)).toBe(0);
    expect(of('crawled_pages_total', library)).toBe(11);
    expect(of('crawled_items_total', library)).toBe(22);
    expect(of('crawled_records_total', `${library},outcome="created"`)).toBe(5);
    expect(of('crawled_records_total', `${library},outcome="rejected"`)).toBe(4);
    expect(of('last_crawl_state', `${library},state="finished"`)).toBe(1);
    expect(of('last_crawl_state', `${library},state="failed"`)).toBe(0);
    expect(of('last_crawl_state', 'source="museum",spider="events",state="running"')).toBe(1);
    const age = of('last_crawl_age_seconds', library) ?? 0;
    expect(age).toBeGreaterThanOrEqual(3600);
    expect(age).toBeLessThan(3700);
    expect(parseMetrics(await read()).get(`hotspots_crawled_pages_total{${library}}`)).toBe(11);
  });

  test('flagged runs that nobody has judged are counted', async () => {
    expect(parseMetrics(await read()).get('hotspots_flagged_runs_waiting')).toBe(0);
    await sequelize.query(`UPDATE runs SET flags = '[{"rule": "x", "sentence": "scraped words"}]'`);
    expect(parseMetrics(await read()).get('hotspots_flagged_runs_waiting')).toBe(3);
  });

  test('log entries are counted by action', async () => {
    const before = parseMetrics(await read());
    await withSystemActor(() => Place.create({ name: 'Museum' }));
    const after = parseMetrics(await read());
    const grown = (action: string) => {
      const name = `hotspots_log_entries_total{action="${action}"}`;
      return (after.get(name) ?? 0) - (before.get(name) ?? 0);
    };
    expect(before.get('hotspots_log_entries_total{action="update"}')).toBeGreaterThan(0);
    expect({ create: grown('create'), update: grown('update'), delete: grown('delete') }).toEqual({
      create: 1,
      update: 0,
      delete: 0,
    });
  });

  test('requests are timed by the pattern of their route and their status', async () => {
    await web.app.inject('/review/runs/4711?q=scraped+words');
    await web.app.inject('/scraped-words');
    const metrics = parseMetrics(await read());
    const count = (labels: string) => metrics.get(`hotspots_http_request_duration_seconds_count{${labels}}`);
    expect(count('method="GET",route="/review/runs/:id",status="303"')).toBe(1);
    expect(count('method="GET",route="none",status="404"')).toBe(1);
    expect(count('method="GET",route="/metrics",status="200"')).toBeGreaterThan(3);
  });

  test('connections of the pool are counted', async () => {
    const metrics = parseMetrics(await read());
    expect(metrics.get('hotspots_database_connections{state="allowed"}')).toBe(5);
    expect(metrics.get('hotspots_database_connections{state="idle"}')).toBeGreaterThan(0);
    expect(metrics.get('hotspots_database_connection_waits')).toBe(0);
  });

  test('jobs are counted by task and state, with dead ones and workers', async () => {
    await using queue = await openJobQueue(database, { isWorker: true });
    await queue.boss.send('audit-seal', {});
    await queue.boss.send(deadLetters, {});
    const metrics = parseMetrics(await read());
    expect(metrics.get('hotspots_jobs{task="audit-seal",state="waiting"}')).toBe(1);
    expect(metrics.get('hotspots_jobs{task="audit-seal",state="active"}')).toBe(0);
    expect(metrics.get('hotspots_dead_jobs')).toBe(1);
    expect(metrics.get('hotspots_workers')).toBe(1);
  });

  describe('what is read', () => {
    test('has no secret, no scraped text and nobody’s address', async () => {
      await (await web.as('admin')).get('/review?q=scraped+words');
      const body = await read();
      expect(body).toContain('source="library"');
      const [[secret]] = await sequelize.query('SELECT value FROM server_secrets');
      const secrets = [
        token,
        password,
        new URL(database.url).password,
        '@example.org',
        'scraped words',
        '4711',
      ];
      for (const text of [...secrets, ...Object.values(secret ?? {}).map(String)].filter(
        (each) => each !== '',
      ))
        expect(body).not.toContain(text);
    });

    test('stays readable whatever a source is called', async () => {
      await crawl('odd "name"\n\\ # {x="1"} 2', 'finished', '7, 0, 0, 0, 0, 0');
      const odd = [...parseMetrics(await read())].filter(
        ([name, value]) => name.startsWith('hotspots_crawled_pages_total') && value === 7,
      );
      expect(odd).toHaveLength(1);
    });
  });
});
