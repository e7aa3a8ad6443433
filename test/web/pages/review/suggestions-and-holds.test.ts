import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { resumeSource } from '../../../../src/runs/source-pauses.ts';
import { applyUndoPlan, planUndoOf } from '../../../../src/runs/undo.ts';
import { Hold, Suggestion } from '../../../../src/write-policy/models.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from './helpers/parse-page.ts';

const database = await createTestDatabase({ poolSize: 1 });
const { sequelize } = database;
let web: TestWeb;
let town: BadRun;
let viewer: Visitor;
let reviewer: Visitor;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 130, denied: 120 });
  const plan = await planUndoOf(sequelize, { filter: { run: town.bad.runId } }, town.people.ana);
  await applyUndoPlan(sequelize, plan.id, { by: town.people.ana, reason: 'a block page' });
  await resumeSource(sequelize, 'town-places');
  await town.crawlAgain();
  web = await startTestWeb(database);
  viewer = await web.as('viewer');
  reviewer = await web.as('reviewer');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

const page = async (url: string, visitor = reviewer) => parsePage(await visitor.get(url));
const boxes = ($: Awaited<ReturnType<typeof page>>) =>
  $('.row input[name=id]')
    .toArray()
    .map((box): [string, string] => ['id', $(box).attr('value') ?? '']);

test('shows what a source says beside what the person wrote', async () => {
  const $ = await page('/review/suggestions', viewer);
  expect($('.row')).toHaveLength(4);
  const rows = textsOf($, '.row');
  expect(rows.find((row) => row.includes('Ana’s name 1'))).toMatch(
    /^Place Ana’s name 1 name: removed: Ana’s name 1 → added: Access denied now by ana@example.org; town-places says so since .* UTC, last .* UTC, on http/,
  );
  expect($('.row input')).toHaveLength(0);
  expect(textsOf($, 'main button')).toEqual(['Show']);
});

test('writes an accepted value as the person who accepts it', async () => {
  const $ = await page('/review/suggestions');
  const { action, fields } = formOf($, 'Accept: write the source’s value');
  const row = $('.row:contains("Ana’s name 1")');
  const id = row.find('input[name=id]').attr('value') ?? '';
  const answer = await reviewer.post(action, [...fields, ['id', id]]);
  expect(answer.headers.location).toBe('/review/suggestions');
  const after = await page('/review/suggestions');
  expect(textOf(after, '[role=status]')).toBe('1 suggestion accepted.');
  expect(after('.row')).toHaveLength(3);
  expect(await Place.count({ where: { name: 'Ana’s name 1' } })).toBe(0);
  expect(await Suggestion.findByPk(id)).toMatchObject({
    state: 'accepted',
    decidedByEmail: 'reviewer@example.org',
  });
});

test('leaves the person’s value when it is dismissed, in bulk too', async () => {
  const $ = await page('/review/suggestions?field=name&source=town-places');
  const { action, fields } = formOf($, 'Dismiss: keep the person’s value');
  const answer = await reviewer.post(action, [...fields, ...boxes($)]);
  expect(answer.headers.location).toBe('/review/suggestions?field=name&source=town-places');
  expect(textOf(await page('/review/suggestions'), '[role=status]')).toBe('3 suggestions dismissed.');
  expect(textOf(await page('/review/suggestions'), 'main')).toContain('Nothing is suggested.');
  expect(await Place.count({ where: { name: 'Cleo’s name' } })).toBe(1);
});

test('decides nothing for who may not, nor when nothing is selected', async () => {
  const decide = (visitor: Visitor, fields: [string, string][]) =>
    visitor.post('/review/suggestions', [['decision', 'dismiss'], ...fields]);
  expect((await decide(viewer, [['id', '1']])).statusCode).toBe(403);
  expect((await decide(reviewer, [])).statusCode).toBe(400);
  expect((await decide(reviewer, [['id', 'abc']])).statusCode).toBe(400);
  expect((await reviewer.post('/review/suggestions', { id: '1' })).statusCode).toBe(400);
});

test('shows values that are held back, a page at a time, and by filter', async () => {
  const $ = await page('/review/holds', viewer);
  expect($('tbody tr')).toHaveLength(50);
  expect(textsOf($, 'tbody tr')[0]).toMatch(
    /^Place Place number \d+ name Access denied town-places .* UTC, run \d+$/,
  );
  const older = await page($('a:contains("Older")').attr('href') ?? '', viewer);
  expect(older('tbody tr')).toHaveLength(50);
  const id = older('tbody a[data-open]').first().attr('href')?.split('/').at(-1);
  expect((await page(`/review/holds?model=Place&object=${id}`))('tbody tr')).toHaveLength(1);
  expect(textOf(await page('/review/holds?source=elsewhere'), 'main')).toContain('Nothing is held back.');
});

test('releases a value, and the next crawl writes it', async () => {
  const before = await Hold.count({ where: { releasedAt: null } });
  const $ = await page('/review/holds?field=name');
  const { action, fields } = formOf($, 'Release: town-places may write it');
  expect((await viewer.post(action, fields)).statusCode).toBe(403);
  expect((await reviewer.post(action, fields)).headers.location).toBe('/review/holds?field=name');
  expect(textOf(await page('/review/holds'), '[role=status]')).toBe('town-places may write that name again.');
  expect(await Hold.count({ where: { releasedAt: null } })).toBe(before - 1);
  const denied = await Place.count({ where: { name: 'Access denied' } });
  await town.crawlAgain();
  expect(await Place.count({ where: { name: 'Access denied' } })).toBe(denied + 1);
});

test('refuses words that are no condition, and holds that there are not', async () => {
  for (const url of ['/review/holds?colour=red', '/review/suggestions?before=abc'])
    expect((await viewer.get(url)).statusCode).toBe(400);
  for (const id of ['4711', 'abc'])
    expect((await reviewer.post(`/review/holds/${id}/release`)).statusCode).toBe(404);
});
