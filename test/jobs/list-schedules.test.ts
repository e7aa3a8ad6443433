import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSystemActor } from '../../src/audit/actors.ts';
import { showSchedules } from '../../src/cli/commands/schedule-output.ts';
import { type ListedSchedule, listSchedules } from '../../src/jobs/list-schedules.ts';
import { type JobQueue, openJobQueue } from '../../src/jobs/open-job-queue.ts';
import { sendJob } from '../../src/jobs/send-job.ts';
import { bindModels } from '../../src/models.ts';
import { User } from '../../src/records/user.ts';
import { pauseSource } from '../../src/runs/source-pauses.ts';
import { scheduleTable } from '../../src/web/pages/jobs/job-tables.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
let queue: JobQueue;
let schedules: ListedSchedule[];

const crawl = (source: string, timeZone: string) => ({
  ...{ task: 'crawl', key: source, data: { source }, cron: '0 5 * * *', timeZone },
});
const planned = [
  ...[crawl('town', 'Europe/Berlin'), crawl('port', 'UTC'), crawl('farm', 'UTC'), crawl('mill', 'UTC')],
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
  it('have their next times, in their own zone', () => {
    expect(schedules[0]?.next).toEqual([
      ...[new Date('2027-03-28T03:00Z'), new Date('2027-03-29T03:00Z'), new Date('2027-03-30T03:00Z')],
    ]);
  });

  it('have what became of the newest job of the same source', () => {
    expect(schedules.map(({ key, last }) => [key, last?.state, last?.summary])).toEqual([
      ...[
        ['town', 'completed', 'Run 7 of town'],
        ['port', undefined, undefined],
        ['farm', 'retry', 'no route'],
      ],
      ...[
        ['mill', undefined, undefined],
        ['', 'active', ''],
      ],
    ]);
    expect(schedules[2]?.last?.retryAt?.getTime()).toBeGreaterThan(Date.now());
  });

  it('are shown on the terminal: when, the last result, what is paused and why', () => {
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
        /^port is paused since \S+ \S+ by ana@example\.org \(new .*pages\)\. Once it is mended: npm run hotspots -- resume port$/,
      ),
      'No worker is running, so nothing of this happens. Start one: npm run worker',
    ]);
    expect(shown.join()).not.toContain('\u001b');
  });

  it('are shown on the page', async () => {
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
