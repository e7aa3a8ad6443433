import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindModels } from '../../../../src/models.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from './helpers/parse-page.ts';

const database = await createTestDatabase();
let web: TestWeb;
let town: BadRun;
let viewer: Visitor;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 120, denied: 110 });
  web = await startTestWeb(database);
  viewer = await web.as('viewer');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

const page = async (query: string, visitor = viewer) =>
  parsePage(await visitor.get(`/review/changes?${query}`));
const shown = async (query: string) => textOf(await page(query), 'main > .lead');

test('shows each change with its author, time, run, and what was and is', async () => {
  const $ = await page('actor=ana@example.org');
  expect(textsOf($, '.row')[0]).toMatch(
    /^Place Ana’s name 3 changed name: removed: Access denied → added: Ana’s name 3 ana@example.org, .* UTC, history$/,
  );
  expect($('.row').first().find('a[data-open]').attr('href')).toMatch(/^\/review\/changes\/\d+$/);
  const ofRun = await page(`run=${town.bad.runId}`);
  expect(ofRun('.row .meta a').first().attr('href')).toBe(`/review/runs/${town.bad.runId}`);
});

test.each([
  ['actor=ana@example.org', '3 changes fit, the newest first.'],
  ['actor=ANA@example.org&actor=ben@example.org', '7 changes fit, the newest first.'],
  ['model=Place&actor=-scraper@vibemap.com', '10 changes fit, the newest first.'],
  ['run=2&field=-name', 'No change matches.'],
  ['run=2&q=access+denied', '110 changes fit, the newest first.'],
  ['field=telephone&action=update', '4 changes fit, the newest first.'],
  ['actorType=user&model=Place&since=1h', '10 changes fit, the newest first.'],
  ['source=town-places&action=create', '120 changes fit, the newest first.'],
  ['until=2020-01-01', 'No change matches.'],
  ['actor=ben@example.org&q=5550100', '1 change fits, the newest first.'],
])('finds the changes that %s asks for', async (query, text) => {
  expect(await shown(query)).toBe(text);
});

test('leads through all of them, a page at a time, with the filter kept', async () => {
  const ids = new Set<string>();
  let pages = 0;
  for (let url: string | undefined = '/review/changes?run=2&model=Place'; url !== undefined; pages += 1) {
    const $ = parsePage(await viewer.get(url));
    for (const row of $('.row')) ids.add($(row).attr('id') ?? '');
    url = $('nav a:contains("Older")').attr('href');
  }
  expect([ids.size, pages]).toEqual([110, 3]);
});

test('shows its conditions: those of the form in the form, others as chips that can be taken away', async () => {
  const $ = await page('run=2&field=name&action=-create&model=Place&model=Event&actor=-ana@example.org');
  expect($('input[name=field]').val()).toBe('name');
  expect($('select[name=model]').val()).toBe('Place');
  expect($('input[name=actor]').val()).toBe('-ana@example.org');
  expect(textsOf($, '.chips li')).toEqual(['run is 2 ✕', 'action is not create ✕', 'model is Event ✕']);
  expect($('.chips a').eq(1).attr('href')).toBe(
    '/review/changes?run=2&field=name&model=Place&model=Event&actor=-ana%40example.org',
  );
  const sent = $('form.filters')
    .serializeArray()
    .filter(({ value }) => value !== '');
  expect(sent.map(({ name, value }) => `${name}=${value}`).sort()).toEqual(
    ['run=2', 'field=name', 'action=-create', 'model=Place', 'model=Event', 'actor=-ana@example.org'].sort(),
  );
});

test('judges the selected ones, with the page as it was afterwards', async () => {
  const reviewer = await web.as('reviewer');
  const $ = await page('actor=ana@example.org', reviewer);
  const { action, fields } = formOf($, 'Mark bad');
  const ids = $('.row input[name=id]')
    .toArray()
    .slice(0, 2)
    .map((box): [string, string] => ['id', $(box).attr('value') ?? '']);
  const answer = await reviewer.post(action, [...fields, ...ids]);
  expect(answer.headers.location).toBe('/review/changes?actor=ana%40example.org');
  const after = await page('actor=ana@example.org', reviewer);
  expect(textOf(after, '[role=status]')).toBe('2 changes marked bad.');
  expect(textsOf(after, '.row .badge')).toEqual(['bad', 'bad']);
  expect(await shown('verdict=bad')).toBe('2 changes fit, the newest first.');
  expect(await shown('verdict=none&actor=ana@example.org')).toBe('1 change fits, the newest first.');
});

test('judges nothing when nothing, or something unknown, is selected', async () => {
  const reviewer = await web.as('reviewer');
  const judge = async (ids: string[]) => {
    const given = ids.map((id): [string, string] => ['id', id]);
    return (await reviewer.post('/review/changes/verdict', [['verdict', 'good'], ...given])).statusCode;
  };
  const [first] = await reviewerIds('actor=ben@example.org');
  expect(await judge([])).toBe(400);
  expect(await judge(['abc'])).toBe(400);
  expect(await judge([first ?? '', '4711000'])).toBe(404);
  expect(await judge(Array.from({ length: 1001 }, (_, index) => String(index + 1)))).toBe(400);
  expect(await shown('verdict=good')).toBe('No change matches.');
});

const reviewerIds = async (query: string) => {
  const $ = await page(query);
  return $('.row')
    .toArray()
    .map((row) => ($(row).attr('id') ?? '').replace('change-', ''));
};

test('plans the undo of the selected ones, or of all that fit', async () => {
  const editor = await web.as('editor');
  const $ = await page('actor=ben@example.org&field=telephone', editor);
  const lead = async (location: unknown) => textOf(parsePage(await editor.get(String(location))), '.lead');
  const all = formOf($, 'Undo all 4 matching changes…');
  expect(await lead((await editor.post(all.action, all.fields)).headers.location)).toBe(
    'Nothing is changed yet. 4 fields of 4 records restored.',
  );
  const selected = formOf($, 'Undo selected…');
  const box = $('.row input[name=id]').first().attr('value') ?? '';
  const answer = await editor.post(selected.action, [...selected.fields, ['id', box]]);
  expect(await lead(answer.headers.location)).toBe('Nothing is changed yet. 1 field of 1 record restored.');
  expect((await editor.post(selected.action, selected.fields)).statusCode).toBe(400);
});

test('offers each role what it may do', async () => {
  const buttons = async (role: 'viewer' | 'reviewer' | 'editor') =>
    textsOf(await page('run=2', await web.as(role)), 'main button:not([disabled])');
  expect(await buttons('viewer')).toEqual(['Show']);
  const verdicts = ['Mark good', 'Mark bad', 'Clear verdict'];
  expect(await buttons('reviewer')).toEqual(['Show', ...verdicts]);
  expect(await buttons('editor')).toEqual([
    'Show',
    'Undo all 110 matching changes…',
    ...verdicts,
    'Undo selected…',
  ]);
  const viewed = await page('run=2');
  expect(viewed('.row input')).toHaveLength(0);
});

test('refuses a misspelt condition instead of showing more', async () => {
  for (const query of ['actr=ana@example.org', 'since=yesterday', 'action=eat', 'before=abc', 'run=x'])
    expect([query, (await viewer.get(`/review/changes?${query}`)).statusCode]).toEqual([query, 400]);
});
