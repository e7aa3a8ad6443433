import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { discardDeadLetters, listDeadLetters } from '../../../../src/jobs/dead-letters.ts';
import { type JobQueue, openJobQueue, sendJob } from '../../../../src/jobs/queue.ts';
import { startWorker } from '../../../../src/jobs/worker/worker.ts';
import { bindModels } from '../../../../src/models.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { waitFor } from '../../../helpers/wait-for.ts';
import { startTestWeb, type TestWeb } from '../../../helpers/web-server.ts';
import { parsePage, textOf, textsOf } from '../review/helpers/parse-page.ts';

const database = await createTestDatabase();
let web: TestWeb;
let queue: JobQueue;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  queue = await openJobQueue(database);
});
afterAll(async () => {
  await queue.close();
  await web[Symbol.asyncDispose]();
  await database.close();
});

/** Fails for good: there are no such sources. */
async function failForGood(...sources: string[]): Promise<void> {
  const before = await deadLetters();
  for (const source of sources)
    await withUserActor(web.users.editor, () => sendJob(queue, 'crawl', { source }), {
      correlationId: 'request 9',
    });
  await using _worker = await startWorker(database, { only: ['crawl'], pollingSeconds: 0.5 });
  await waitFor('a dead letter', async () => (await deadLetters()) === before + sources.length);
}
const deadLetters = async () => (await queue.boss.findJobs('dead-letters', { queued: true })).length;

test('shows what runs when, and that no worker is there to do it', async () => {
  const $ = parsePage(await (await web.as('viewer')).get('/jobs'));
  expect(textOf($, '[role=status]')).toContain('No worker is running');
  expect(textsOf($, '#schedules ~ table th[scope=row]')).toContain('update-place-ratings');
  expect(textOf($, '#schedules ~ table tr:contains("audit-seal")')).toContain('never yet');
  expect(textOf($, '#tasks ~ table tr:contains("crawl")')).toContain('Crawls a source');
});

test('shows jobs that failed permanently, whatever their data looks like, and lets only an admin send them again', async () => {
  await failForGood('<script>alert(1)</script>');
  const viewer = await web.as('viewer');
  const answer = await viewer.get('/jobs');
  expect(answer.body).not.toContain('<script>alert');
  const $ = parsePage(answer);
  expect(textOf($, '#failed ~ table tbody')).toContain(
    'There is no source "<script>alert(1)</script>" any more.',
  );
  expect(textOf($, '#failed ~ table tbody')).toContain('editor@example.org');
  expect($('#failed ~ table a').attr('href')).toBe('/review/changes?correlation=request%209');
  expect($('#failed ~ table form')).toHaveLength(0);
  expect((await viewer.post('/jobs/retry')).statusCode).toBe(403);
  expect(await deadLetters()).toBe(1);

  const admin = await web.as('admin');
  const action = parsePage(await admin.get('/jobs'))('#failed ~ table form').attr('action') ?? '';
  expect((await admin.postAs(action, null)).statusCode).toBe(403);
  expect(await deadLetters()).toBe(1);
  expect((await admin.post(action)).statusCode).toBe(303);
  expect(await deadLetters()).toBe(0);
  const [again] = await queue.boss.findJobs<{ actor: { email: string } }>('crawl', { queued: true });
  expect(again?.data.actor.email).toBe('editor@example.org');
  expect((await admin.post(action)).statusCode).toBe(404);
  expect((await admin.post('/jobs/nonsense/retry')).statusCode).toBe(404);
});

test('lets an admin discard what is not needed any more', async () => {
  await queue.boss.deleteAllJobs('crawl');
  await failForGood('gone');
  const viewer = await web.as('viewer');
  expect((await viewer.post('/jobs/discard')).statusCode).toBe(403);
  const admin = await web.as('admin');
  const forms = parsePage(await admin.get('/jobs'))('#failed ~ table form');
  const action = forms.last().attr('action') ?? '';
  expect(action).toMatch(/discard$/);
  expect((await admin.post(action)).statusCode).toBe(303);
  expect(await deadLetters()).toBe(0);
  expect((await admin.post(action)).statusCode).toBe(404);
});

test.each(['retry', 'discard'])(
  '%s takes those that the page has shown, not what failed since',
  async (what) => {
    await queue.boss.deleteAllJobs('crawl');
    await discardDeadLetters(queue);
    await failForGood('one', 'two');
    const admin = await web.as('admin');
    const $ = parsePage(await admin.get('/jobs'));
    const form = $('#failed ~ form');
    const button = form.find(`button:contains("${what === 'retry' ? 'Retry these 2' : 'Discard these 2'}")`);
    const action = button.attr('formaction') ?? form.attr('action') ?? '';
    expect(action).toBe(`/jobs/${what}`);
    await failForGood('three');
    const fields = form.serializeArray().map(({ name, value }): [string, string] => [name, value]);
    expect((await admin.post(action, fields)).statusCode).toBe(303);
    expect((await listDeadLetters(database.sequelize)).map(({ data }) => data)).toEqual([
      { source: 'three' },
    ]);
    expect((await admin.post(action)).statusCode).toBe(400);
    expect(await deadLetters()).toBe(1);
  },
);

test('shows which workers there are', async () => {
  await using _worker = await startWorker(database, { only: ['webhook'] });
  const $ = parsePage(await (await web.as('viewer')).get('/jobs'));
  expect(textOf($, 'main')).toContain(`process ${process.pid}`);
  expect($('[role=status]')).toHaveLength(0);
});
