import { load } from 'cheerio';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withScraperActor, withUserActor } from '../../../../src/audit/actors.ts';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { closeRun } from '../../../../src/runs/lifecycle.ts';
import { Run } from '../../../../src/runs/run.ts';
import { planUndoOf } from '../../../../src/runs/undo.ts';
import { Hold, Suggestion } from '../../../../src/write-policy/models.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { foreignMarkup } from './helpers/foreign-markup.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const script = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
const address = 'javascript:alert(3)//"><script>alert(4)</script>';
const word = "' onmouseover='alert(5)' x=\"";
const long = `${'word '.repeat(20)}${script} ${'word '.repeat(20)}`;

let web: TestWeb;
let admin: Visitor;
/** The pages on which the values stand. */
let pages: string[];

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  admin = await web.as('admin');
  const run = await Run.create({
    spider: script,
    sourceName: script,
    requestKey: 'hostile',
    actorId: null,
    error: script,
    actorEmail: 'scraper@vibemap.com',
    state: 'finished',
    finishedAt: new Date(),
    reason: script,
  });
  const place = await withScraperActor(
    () =>
      Place.create({
        name: script,
        description: `${long} before`,
        url: address,
        telephone: word,
        streetAddress: script,
        addressLocality: word,
        categories: [script, address],
        identifier: word,
      }),
    { runId: run.id, sourceUrl: address, correlationId: script, remoteAddress: word },
  );
  await withScraperActor(
    () => place.update({ name: `${script}2`, description: `${long} after`, url: `${address}2`, email: word }),
    { runId: run.id, sourceUrl: address },
  );
  await sequelize.transaction((transaction) => closeRun(sequelize, run.id, transaction));
  await run.reload();
  await run.update({ flags: [{ rule: 'same-value', sentence: script }] });
  await withUserActor(web.users.admin, () => place.update({ telephone: script }));
  const { id: change } = await planUndoOf(sequelize, { filter: { run: run.id } }, web.users.admin);
  const record = { model: 'Place', objectId: place.id, objectLabel: script, field: 'telephone' };
  await Suggestion.create({
    ...record,
    sourceName: script,
    sourceUrl: address,
    value: script,
    runId: run.id,
  });
  await Suggestion.create({
    ...record,
    field: 'url',
    sourceName: word,
    sourceUrl: script,
    value: [script],
    runId: null,
  });
  await Hold.create({
    ...record,
    field: 'url',
    sourceName: script,
    value: script,
    undoRunId: null,
    valueHash: '00000000-0000-0000-0000-000000000000',
  });
  await admin.post(`/review/runs/${run.id}/verdict`, { verdict: 'bad', note: script });
  const changes = load((await admin.get('/review/changes?model=Place')).body);
  const ofChanges = changes('.row a[data-open]')
    .toArray()
    .map((link) => changes(link).attr('href') ?? '');
  expect(ofChanges).toHaveLength(3);
  const moments = load((await admin.get(`/review/records/Place/${place.id}`)).body);
  const oldest = moments('select[name=at] option').first().attr('value');
  pages = [
    '/review',
    `/review/runs/${run.id}`,
    '/review/changes',
    ...ofChanges,
    `/review/plans/${change}`,
    `/review/records/Place/${place.id}`,
    `/review/records/Place/${place.id}?at=${oldest}`,
    '/review/suggestions',
    '/review/holds',
    ...['/review?source=', '/review/changes?q=', '/review/holds?source='].map(
      (url) => url + encodeURIComponent(script),
    ),
    ...['/review?source=', '/review/changes?field=', '/review/suggestions?field='].map(
      (url) => `${url}${encodeURIComponent(word)}`,
    ),
    `/review/changes?colour=${encodeURIComponent(script)}`,
    `/review/records/${encodeURIComponent(script)}/${encodeURIComponent(script)}`,
    `/review/runs/${encodeURIComponent(script)}`,
  ];
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

test('shows scraped values as text and never as markup, nor as links that are none of the web', async () => {
  for (const url of pages) {
    const { body, statusCode } = await admin.get(url);
    expect([url, statusCode < 500, foreignMarkup(load(body))]).toEqual([url, true, []]);
  }
});

test('does show them: a value that cannot be seen cannot be judged', async () => {
  const hidden = ['/review', '/review/changes', '/review/suggestions', '/review/holds'];
  for (const url of [
    ...hidden,
    ...pages.filter((page) => /\/(?:runs|changes|plans|records)\/\d/.test(page)),
  ]) {
    const text = load((await admin.get(url)).body)('main').text();
    expect([url, text.includes('<script>alert(1)</script>')]).toEqual([url, true]);
  }
});

test.each([
  '/review/runs/%00',
  '/review/changes/%00',
  '/review/plans/%00',
  '/review/records/Place/%00',
  '/review/records/%00/1',
  '/review/records/Place/1?at=%00',
  '/review/changes?q=%00',
  '/review/changes?object=%00&model=Place',
  '/review/changes?before=99999999999999999999',
  '/review?source=%00',
  '/review?before=99999999999999999999',
  '/review/holds?source=%00',
  '/review/suggestions?before=99999999999999999999',
  '/review/plans/1?after=99999999999999999999&left=-1',
  '/review/changes?since=999999999999999d',
  '/review?since=999999999999999d',
  '/review/changes?q=%ed%a0%80',
  '/review/changes?%ff',
  '/review/runs/%ff',
])('answers %s without failing', async (url) => {
  expect((await admin.get(url)).statusCode).toBeLessThan(500);
});

test('takes no NUL character in forms either', async () => {
  const form = { reason: 'a\0', note: 'a\0', verdict: 'good', field: 'a\0', id: '1\0', decision: 'accept' };
  for (const url of [
    '/review/plans',
    '/review/changes/verdict',
    '/review/suggestions',
    '/review/runs/1/verdict',
    '/review/records/Place/1/release',
    '/review/holds/1/release',
    '/review/sources/%00/resume',
    '/review/records/Place/%00/release',
  ])
    expect([url, (await admin.post(url, form)).statusCode < 500]).toEqual([url, true]);
});
