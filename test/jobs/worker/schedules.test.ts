import { QueryTypes, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withScraperActor, withSystemActor } from '../../../src/audit/actors.ts';
import { showSchedules } from '../../../src/cli/commands/schedule-output.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { type JobQueue, openJobQueue, sendJob } from '../../../src/jobs/queue.ts';
import { defineTask } from '../../../src/jobs/task.ts';
import type { PlannedSchedule } from '../../../src/jobs/worker/cron.ts';
import {
  type ListedSchedule,
  listSchedules,
  sendDueJobs,
  syncSchedules,
} from '../../../src/jobs/worker/schedules.ts';
import { bindModels } from '../../../src/models.ts';
import { User } from '../../../src/records/user.ts';
import { pauseSource } from '../../../src/runs/source-pauses.ts';
import { scheduleTable } from '../../../src/web/pages/jobs/job-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

describe('list schedules', async () => {
  const database = await createTestDatabase();
  let queue: JobQueue;
  let schedules: ListedSchedule[];

  const crawl = (source: string, timeZone: string) => ({
    task: 'crawl',
    key: source,
    data: { source },
    cron: '0 5 * * *',
    timeZone,
  });
  const planned = [
    crawl('town', 'Europe/Berlin'),
    crawl('port', 'UTC'),
    crawl('farm', 'UTC'),
    crawl('mill', 'UTC'),
    { task: 'webhook', key: '', data: {}, cron: '* * * * *', timeZone: 'UTC' },
  ];

  /** Sends a job and ends it as a worker would. */
  async function end(task: string, data: object, output: object, how: 'complete' | 'fail') {
    const id = (await sendJob(queue, task, data)) ?? '';
    await queue.boss.fetch(task);
    await queue.boss[how](task, id, output);
  }

  beforeAll(async () => {
    await bindModels(database);
    queue = await openJobQueue(database);
    const ana = await withSystemActor(() =>
      User.create({ email: 'ana@example.org', username: 'ana', passwordHash: null, role: 'editor' }),
    );
    await pauseSource(database.sequelize, 'port', { by: ana, reason: 'new \u001b[31mpages' });
    await end('crawl', { source: 'town' }, { state: 'incomplete', summary: 'Run 7 of town' }, 'complete');
    await end('crawl', { source: 'farm' }, { message: 'no route' }, 'fail');
    await sendJob(queue, 'webhook', {});
    await queue.boss.fetch('webhook');
    schedules = await listSchedules(queue, planned, new Date('2027-03-27T12:00:00Z'));
  });
  afterAll(async () => {
    await queue.close();
    await database.close();
  });

  describe('schedules', () => {
    test('have their next times, in their own zone', () => {
      expect(schedules[0]?.next).toEqual([
        new Date('2027-03-28T03:00Z'),
        new Date('2027-03-29T03:00Z'),
        new Date('2027-03-30T03:00Z'),
      ]);
    });

    test('have what became of the newest job of the same source', () => {
      expect(schedules.map(({ key, last }) => [key, last?.state, last?.summary])).toEqual([
        ['town', 'completed', 'Run 7 of town'],
        ['port', undefined, undefined],
        ['farm', 'retry', 'no route'],
        ['mill', undefined, undefined],
        ['', 'active', ''],
      ]);
      expect(schedules[2]?.last?.retryAt?.getTime()).toBeGreaterThan(Date.now());
    });

    test('are shown on the terminal: when, the last result, what is paused and why', () => {
      const shown = showSchedules(schedules, 0).split('\n');
      expect(shown.map((line) => line.replace(/ +/g, ' '))).toEqual([
        'TASK SOURCE WHEN ZONE NEXT, IN THAT ZONE LAST',
        expect.stringMatching(
          /^crawl town 0 5 \* \* \* Europe\/Berlin 2027-03-28 05:00 \S+ \S+ incomplete: Run 7 of town$/,
        ),
        'crawl port 0 5 * * * UTC paused never yet',
        expect.stringMatching(/^crawl farm .* 2027-03-28 05:00 \S+ \S+ failed, again at \S+ \S+: no route$/),
        'crawl mill 0 5 * * * UTC 2027-03-28 05:00 never yet',
        expect.stringMatching(/^webhook \* \* \* \* \* UTC 2027-03-27 12:01 \S+ \S+ running$/),
        expect.stringMatching(
          /^port is paused since \S+ \S+ by ana@example\.org \(new .*pages\)\. Once it is fixed: npm run hotspots -- resume port$/,
        ),
        'No worker is running, so no schedule runs. Start one: npm run worker',
      ]);
      expect(shown.join()).not.toContain('\u001b');
    });

    test('are shown on the page', async () => {
      const page = (await scheduleTable(schedules))
        .toString()
        .replace(/<[^>]+>/g, '')
        .replace(/\s+/g, ' ');
      expect(page).toContain('paused by ana@example.org: new');
      expect(page).toMatch(/: incomplete\. Run 7 of town/);
      expect(page).toMatch(/: failed, tried again [^.]+\. no route/);
      expect(page).toContain('runs since');
    });
  });
});

describe('schedules', () => {
  const done = async () => ({ state: 'done', summary: '' }) as const;
  const tasks = new Map(
    [
      defineTask({ name: 'count', summary: 'For tests', data: z.strictObject({}), run: done }),
      defineTask({
        name: 'visit',
        summary: 'For tests',
        run: done,
        data: z.strictObject({ source: z.string() }),
        keyOf: ({ source }) => source,
      }),
    ].map((task) => [task.name, task]),
  );

  const counting = (cron: string, timeZone = 'UTC'): PlannedSchedule[] => [
    { task: 'count', key: '', data: {}, cron, timeZone },
  ];

  describe('a schedule', () => {
    let database: Database;
    let sequelize: Sequelize;
    let queue: JobQueue;

    beforeAll(async () => {
      database = await createTestDatabase();
      ({ sequelize } = database);
      await bindModels(database);
      queue = await openJobQueue(database, { tasks });
    });
    afterAll(async () => {
      await queue.close();
      await database.close();
    });
    beforeEach(async () => {
      await syncSchedules(sequelize, []);
      await queue.boss.deleteAllJobs();
    });

    const at = (time: string) => new Date(time);
    const pass = (time: string) => sendDueJobs(queue, at(time));
    /** How many jobs are sent while a worker looks every ten minutes. */
    const sentBetween = async (from: string, to: string) => {
      let sent = 0;
      for (let time = at(from).getTime(); time < at(to).getTime(); time += 600_000)
        sent += await sendDueJobs(queue, new Date(time));
      return sent;
    };

    test('sends its job when it is due, once', async () => {
      await syncSchedules(sequelize, counting('0 5 * * *'), at('2027-05-09T04:00:00Z'));
      expect(await pass('2027-05-09T04:59:59Z')).toBe(0);
      expect(await pass('2027-05-09T05:00:00Z')).toBe(1);
      expect(await pass('2027-05-09T05:00:01Z')).toBe(0);
      expect(await pass('2027-05-10T05:00:00Z')).toBe(1);
    });

    test('that was missed for days is done once, and then at its times again', async () => {
      await syncSchedules(sequelize, counting('0 5 * * *'), at('2027-05-09T04:00:00Z'));
      // A worker that starts again syncs first; that must not make it forget what is due.
      await syncSchedules(sequelize, counting('0 5 * * *'), at('2027-05-14T12:00:00Z'));
      expect(await pass('2027-05-14T12:00:00Z')).toBe(1);
      expect(await pass('2027-05-14T12:00:05Z')).toBe(0);
      expect(await pass('2027-05-15T05:00:00Z')).toBe(1);
    });

    test('that is changed is due by the new expression, and one that is gone never', async () => {
      await syncSchedules(sequelize, counting('0 5 * * *'), at('2027-05-09T04:00:00Z'));
      await syncSchedules(sequelize, counting('0 9 * * *'), at('2027-05-09T06:00:00Z'));
      expect(await pass('2027-05-09T08:59:00Z')).toBe(0);
      expect(await pass('2027-05-09T09:00:00Z')).toBe(1);
      await syncSchedules(sequelize, [], at('2027-05-09T10:00:00Z'));
      expect(await pass('2028-01-01T00:00:00Z')).toBe(0);
    });

    test.each([
      [
        'put forward, in the hour that is left out',
        '30 2 * * *',
        '2027-03-14T00:00:00-05:00',
        '2027-03-14T23:00:00-04:00',
        1,
      ],
      [
        'put back, in the hour that comes twice',
        '30 1 * * *',
        '2027-11-07T00:00:00-04:00',
        '2027-11-07T23:00:00-05:00',
        1,
      ],
      [
        'put forward, at an hour that is there',
        '0 5 * * *',
        '2027-03-14T00:00:00-05:00',
        '2027-03-14T23:00:00-04:00',
        1,
      ],
      ['put back, every hour', '0 * * * *', '2027-11-07T00:10:00-04:00', '2027-11-08T00:00:00-05:00', 24],
    ])('does a daily job once on the day when clocks are %s', async (_case, cron, from, to, times) => {
      await syncSchedules(sequelize, counting(cron, 'America/New_York'), at(from));
      expect(await sentBetween(from, to)).toBe(times);
    });

    test.each([
      // 01:30 comes twice; workers start again at the second 01:10.
      [
        'comes twice',
        '30 1 * * *',
        '2027-11-07T00:00:00-04:00',
        '2027-11-07T01:10:00-05:00',
        '2027-11-08T01:30:00-05:00',
      ],
      // 02:30 is left out, and done at 03:30; workers start again at 03:10.
      [
        'is left out',
        '30 2 * * *',
        '2027-03-13T01:00:00-05:00',
        '2027-03-14T03:10:00-04:00',
        '2027-03-14T03:30:00-04:00',
      ],
    ])('missed until within the hour that %s, is done once and then at its next time', async (...given) => {
      const [, cron, from, restart, next] = given;
      await syncSchedules(sequelize, counting(cron, 'America/New_York'), at(from));
      expect(await pass(restart)).toBe(1);
      expect(await sentBetween(restart, next)).toBe(0);
      expect(await pass(next)).toBe(1);
    });

    test('is one worker’s, however many look at once', async () => {
      const planned = Array.from({ length: 20 }, (_, index) => ({
        task: 'visit',
        key: `site-${index}`,
        data: { source: `site-${index}` },
        cron: '0 5 * * *',
        timeZone: 'UTC',
      }));
      await syncSchedules(sequelize, planned, at('2027-05-09T04:00:00Z'));
      const sent = await Promise.all(Array.from({ length: 5 }, () => pass('2027-05-09T05:00:00Z')));
      expect(sent.reduce((sum, count) => sum + count)).toBe(20);
      expect(await queue.boss.findJobs('visit')).toHaveLength(20);
    });

    test('sends nothing while its job still waits or runs, and goes on afterwards', async () => {
      const visit = { task: 'visit', key: 'a', data: { source: 'a' }, cron: '0 * * * *', timeZone: 'UTC' };
      await syncSchedules(sequelize, [visit], at('2027-05-09T04:30:00Z'));
      expect(await pass('2027-05-09T05:00:00Z')).toBe(1);
      const [job] = await queue.boss.fetch('visit');
      expect(await pass('2027-05-09T06:00:00Z')).toBe(0);
      await queue.boss.complete('visit', job?.id ?? '');
      expect(await pass('2027-05-09T07:00:00Z')).toBe(1);
    });

    test('is the program’s own, whoever’s context the loop was started in', async () => {
      await syncSchedules(sequelize, counting('0 5 * * *'), at('2027-05-09T04:00:00Z'));
      await withScraperActor(() => pass('2027-05-09T05:00:00Z'), { correlationId: 'of the starter' });
      const [job] = await sequelize.query<{ data: unknown }>(
        `SELECT data FROM pgboss.job WHERE name = 'count'`,
        {
          type: QueryTypes.SELECT,
        },
      );
      expect(job?.data).toEqual({ version: 1, data: {}, actor: null, correlationId: null });
    });
  });
});
