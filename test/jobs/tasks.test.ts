import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withSystemActor, withUserActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import { planUndo } from '../../src/audit/undo/plan-undo.ts';
import { lockWork } from '../../src/database/work-lock.ts';
import { runJob } from '../../src/jobs/run-job.ts';
import { tasks } from '../../src/jobs/tasks.ts';
import { plannedSchedules, taskSchedules } from '../../src/jobs/worker/cron.ts';
import { bindModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { Run } from '../../src/runs/run.ts';
import { pauseSource, resumeSource } from '../../src/runs/source-pauses.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let ana: User;

beforeAll(async () => {
  await bindModels(database);
  ana = await withSystemActor(() =>
    User.create({ email: 'ana@example.org', username: 'ana', passwordHash: null, role: 'editor' }),
  );
});
afterAll(() => database.close());

/** Does a job of the program's own task, as a worker does. */
function perform(name: string, data: object = {}, by: User | null = null) {
  const task = tasks.get(name);
  if (task === undefined) throw new Error(`There is no task ${name}.`);
  const actor = by === null ? null : { id: by.id, email: by.email };
  const envelope = { data, actor, correlationId: `job ${name}` };
  return runJob(task, envelope, { database, signal: new AbortController().signal });
}
const lastEntry = () => LogEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });
const system = { actorEmail: 'system@vibemap.com' };

describe('the task', () => {
  test('crawl crawls a source as the scraper, with the run that it made', async () => {
    const outcome = await perform('crawl', { source: 'sample-places', limit: 3 });
    expect(outcome).toMatchObject({
      state: 'done',
      summary: expect.stringMatching(/^Run \d+ of sample-places finished: \d+ created/),
    });
    const run = await Run.findOne({ where: { sourceName: 'sample-places' }, rejectOnEmpty: true });
    const entry = await LogEntry.findOne({ where: { runId: run.id }, rejectOnEmpty: true });
    expect(entry.actorEmail).toBe('scraper@vibemap.com');
  });

  test('crawl skips a source that is paused, and says why', async () => {
    await pauseSource(sequelize, 'sample-places', { by: ana, reason: 'it changed its pages' });
    expect(await perform('crawl', { source: 'sample-places' })).toEqual({
      state: 'skipped',
      summary: expect.stringContaining('it changed its pages'),
    });
    await withUserActor(ana, () => resumeSource(sequelize, 'sample-places'));
  });

  test('crawl skips a source that somebody is crawling by hand', async () => {
    await using _hand = await crawlByHand('sample-places');
    expect(await perform('crawl', { source: 'sample-places' })).toMatchObject({
      state: 'skipped',
      summary: expect.stringContaining('Another process is crawling the source sample-places'),
    });
  });

  test('crawl is refused for a source that is not there any more', async () => {
    await expect(perform('crawl', { source: 'gone' })).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });
  });

  test('mark-past-events marks events as the system', async () => {
    await withUserActor(ana, () =>
      Event.create({ name: 'Fair', timeZone: 'UTC', startDate: new Date('2020-01-01T12:00:00Z') }),
    );
    expect(await perform('mark-past-events')).toMatchObject({
      state: 'done',
      summary: expect.stringContaining('past'),
    });
    expect(await lastEntry()).toMatchObject({
      ...system,
      model: 'Event',
      changes: { isPast: [false, true] },
      correlationId: 'job mark-past-events',
      extra: { task: 'mark-past-events' },
    });
  });

  test('update-place-ratings looks at the places that are marked, as the system', async () => {
    await withUserActor(ana, () => Place.create({ name: 'Mill', needsRatingUpdate: true }));
    expect(await perform('update-place-ratings')).toMatchObject({ state: 'done' });
    expect(await lastEntry()).toMatchObject({ ...system, correlationId: 'job update-place-ratings' });
    expect(await Place.count({ where: { needsRatingUpdate: true } })).toBe(0);
  });

  test('undo-apply carries a plan out as the user who queued it', async () => {
    const place = await withUserActor(ana, () => Place.create({ name: 'Old' }));
    await withUserActor(ana, () => place.update({ name: 'New' }), { correlationId: 'to be undone' });
    const plan = await planUndo(sequelize, { filter: { correlationId: 'to be undone' } }, ana);
    expect(await perform('undo-apply', { planId: plan.id, reason: 'a test' }, ana)).toMatchObject({
      state: 'done',
    });
    expect((await place.reload()).name).toBe('Old');
    expect(await lastEntry()).toMatchObject({
      actorEmail: 'ana@example.org',
      changes: { name: ['New', 'Old'] },
    });
    await expect(perform('undo-apply', { planId: plan.id }, ana)).rejects.toMatchObject({
      code: 'UNDO_PLAN_DONE',
    });
    expect(await perform('undo-apply')).toEqual({ state: 'done', summary: '0 undos resumed' });
  });

  test('audit-seal seals, and audit-prune keeps all unless it is told for how long', async () => {
    expect(await perform('audit-seal')).toMatchObject({
      summary: expect.stringMatching(/^Seals made: 1\. The newest hash is [0-9a-f]{64}\.$/),
    });
    expect(await perform('audit-prune')).toEqual({
      state: 'skipped',
      summary: 'All is kept: HOTSPOTS_AUDIT_RETENTION_MONTHS is not set.',
    });
  });

  test('webhook sends what is due', async () => {
    expect(await perform('webhook')).toEqual({ state: 'done', summary: '0 delivered' });
  });
});

describe('schedules', () => {
  test('are those of the tasks, as sources.yaml changes them, and those of sources in their own zone', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'sources.yaml');
    const source = (name: string, more: string) =>
      `  - { name: ${name}, spider: events, startUrls: [https://a.example/], ${more} }\n`;
    await writeFile(
      file,
      `sources:\n${source('a', 'timeZone: America/New_York, schedule: 0 5 * * *')}${source('b', 'country: US')}` +
        'tasks:\n  audit-seal: false\n  webhook: { cron: "*/5 * * * *", timeZone: Asia/Tokyo }\n',
    );
    const planned = await plannedSchedules(file);
    expect(planned[0]).toEqual({
      task: 'crawl',
      key: 'a',
      data: { source: 'a' },
      cron: '0 5 * * *',
      timeZone: 'America/New_York',
    });
    const names = planned.map(({ task }) => task);
    expect(names.toSorted()).toEqual(
      ['crawl', ...Object.keys(taskSchedules).filter((task) => task !== 'audit-seal')].toSorted(),
    );
    expect(planned.find(({ task }) => task === 'webhook')).toMatchObject({
      cron: '*/5 * * * *',
      timeZone: 'Asia/Tokyo',
    });
  });

  test.each([
    ['crawl: 0 5 * * *', 'tasks.crawl: must be one of the tasks update-place-ratings, '],
    ['sweep: 0 5 * * *', 'sources.yaml:2: tasks.sweep: must be one of the tasks update-place-ratings, '],
  ])('%s is refused', async (line, message) => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'sources.yaml');
    await writeFile(file, `tasks:\n  ${line}\n`);
    await expect(plannedSchedules(file)).rejects.toThrow(message);
  });

  test('of the program give each task what it asks for', () => {
    for (const name of Object.keys(taskSchedules))
      expect(tasks.get(name)?.data.safeParse({}).success).toBe(true);
  });
});

/** Holds the lock that a crawl of a source in another process holds. */
async function crawlByHand(sourceName: string): Promise<AsyncDisposable> {
  const lock = await lockWork(sequelize, JSON.stringify(['places', sourceName, null, false]));
  if (lock === null) throw new Error('The source is being crawled.');
  return lock;
}
