import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindModels } from '../../../../src/models.ts';
import { Run } from '../../../../src/runs/run.ts';
import { findPause } from '../../../../src/runs/source-pauses.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from './helpers/parse-page.ts';

const database = await createTestDatabase();
let web: TestWeb;
let reviewer: Visitor;
let viewer: Visitor;

const sentence = 'Place.name changed on 1,988 of 2,001, usually 0–6';

/** Runs 1 to 60: number 3 is flagged, 4 undid 2, 60 is still running. */
beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  reviewer = await web.as('reviewer');
  viewer = await web.as('viewer');
  for (let n = 1; n <= 60; n += 1) {
    const isUndo = n === 4;
    const startedAt = new Date(Date.UTC(2026, 0, n));
    await Run.create({
      kind: isUndo ? 'undo' : 'crawl',
      spider: isUndo ? null : 'places',
      sourceName: isUndo ? null : n % 2 === 0 ? 'even-town' : 'odd-town',
      requestKey: `run ${n}`,
      actorId: null,
      actorEmail: isUndo ? 'ana@example.org' : 'scraper@vibemap.com',
      ...(isUndo && { revertsRunId: '2' }),
      state: n === 60 ? 'running' : 'finished',
      startedAt,
      finishedAt: n === 60 ? null : new Date(startedAt.getTime() + 90_000),
      pages: 21,
      created: 3,
      updated: 1988,
      deleted: 41,
      rejected: 5,
      unchanged: 13,
      changes: 2032,
      undone: n === 2 ? 2000 : 0,
      flags: n === 3 ? [{ rule: 'field-changed', sentence }] : [],
    });
  }
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const page = async (url: string, visitor = viewer) => parsePage(await visitor.get(url));
const shownRuns = async (url: string) => textsOf(await page(url), 'tbody th');

test('shows flagged runs that wait above the others, with the sentences', async () => {
  const $ = await page('/review');
  expect(textsOf($, 'h2')).toEqual(['1 run to review', 'All others']);
  expect(textOf($, '#run-3')).toContain(sentence);
  expect(textOf($, 'nav .count')).toBe('1 to review');
  expect((await shownRuns('/review')).slice(0, 3)).toEqual(['Run 3', 'Run 60', 'Run 59']);
});

test('shows who, what, when, how long and how much', async () => {
  const $ = await page('/review?until=2026-01-05');
  expect(textsOf($, '#run-2 > *')).toEqual([
    'Run 2',
    'places, even-town scraper@vibemap.com',
    '2 Jan 2026, 00:01 UTC took 1 min',
    '21',
    '3',
    '1,988',
    '41',
    '13',
    '5',
    '2,000/2,032',
    'none',
  ]);
  expect(textOf($, '#run-4')).toContain('undo of run 2 ana@example.org');
  expect(textOf(await page('/review'), '#run-60')).toContain('still running');
});

test('leads to the next page, and keeps the filter on the way', async () => {
  const first = await page('/review?source=-odd-town&verdict=none&kind=crawl');
  expect(first('tbody tr')).toHaveLength(29);
  const all = await page('/review?actor=scraper@vibemap.com');
  expect(textsOf(all, 'tbody th').slice(-1)).toEqual(['Run 11']);
  const href = all('nav a:contains("Older")').attr('href') ?? '';
  expect(await shownRuns(href)).toEqual([...[10, 9, 8, 7, 6, 5, 2, 1].map((n) => `Run ${n}`)]);
  expect((await page(href))('nav a:contains("Older")')).toHaveLength(0);
});

test('says what it is filtered by, and keeps conditions that the form has no field for', async () => {
  const $ = await page('/review?verdict=-bad&spider=places&spider=-events&flagged=1&since=2026-01-01');
  expect($('input[name=spider]:not([type=hidden])').val()).toBe('places');
  expect($('input[name=since]').val()).toBe('2026-01-01');
  expect(textsOf($, '.chips li')).toEqual(['verdict is not bad ✕', 'spider is not events ✕']);
  expect($('.chips a').first().attr('href')).toBe(
    '/review?spider=places&spider=-events&flagged=1&since=2026-01-01',
  );
  const sent = $('form.filters').serializeArray();
  expect(sent.map(({ name, value }) => `${name}=${value}`)).toEqual(
    expect.arrayContaining(['verdict=-bad', 'spider=-events', 'flagged=1', 'since=2026-01-01']),
  );
  const again = new URLSearchParams(sent.map(({ name, value }): [string, string] => [name, value]));
  expect(await shownRuns(`/review?${again}`)).toEqual(['Run 3']);
});

test('says so when no run fits, and what is wrong with a filter', async () => {
  expect(textOf(await page('/review?source=nowhere'), 'main')).toContain('No run matches.');
  const refused = await viewer.get('/review?colour=red');
  expect(refused.statusCode).toBe(400);
  expect(refused.body).toContain('There is no filter colour.');
});

test('links to the same list in other formats', async () => {
  const $ = await page('/review?source=odd-town&before=50');
  expect(
    $('main a[href*="/review/runs."]')
      .toArray()
      .map((link) => $(link).attr('href')),
  ).toEqual(['csv', 'jsonl', 'atom'].map((format) => `/review/runs.${format}?source=odd-town`));
});

test('has no buttons for a viewer, and buttons that say what they do for a reviewer', async () => {
  expect((await page('/review'))('main button').text()).toBe('Show');
  const $ = await page('/review', reviewer);
  expect(textsOf($, '#run-3 button:not([disabled])')).toEqual(['Good: close run 3', 'Bad: pause odd-town']);
  const { action, fields } = formOf($, 'Bad: pause odd-town');
  const answer = await reviewer.post(action, fields);
  expect(answer).toMatchObject({ statusCode: 303, headers: { location: '/review' } });
  const after = await page('/review?until=2026-01-05', reviewer);
  expect(textOf(after, '[role=status]')).toBe('Run 3 is bad. odd-town is paused.');
  expect(textOf(after, '#run-3 > td:last-child')).toBe('bad');
  expect(textOf(await page('/review'), '.notice')).toBe('No run waits for you.');
  expect(await findPause(database.sequelize, 'odd-town')).toMatchObject({
    pausedByEmail: 'reviewer@example.org',
  });
});
