import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { resumeSource } from '../../../../src/runs/source-pauses.ts';
import { applyUndoPlan, planUndoOf } from '../../../../src/runs/undo.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from './helpers/parse-page.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let web: TestWeb;
let town: BadRun;
let viewer: Visitor;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 30, denied: 25 });
  const plan = await planUndoOf(sequelize, { filter: { run: town.bad.runId } }, town.people.ana);
  await applyUndoPlan(sequelize, plan.id, { by: town.people.ana, reason: 'a block page' });
  await resumeSource(sequelize, 'town-places');
  await town.crawlAgain();
  web = await startTestWeb(database);
  viewer = await web.as('viewer');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

const renamed = () => Place.findOne({ where: { name: 'Ana’s name 1' }, rejectOnEmpty: true });
const path = async () => `/review/records/Place/${(await renamed()).id}`;
const row = ($: ReturnType<typeof parsePage>, field: string) =>
  textsOf($, `tr:has(th:contains("${field}")) td`);

test('shows the values with who wrote each, and the history, the newest first', async () => {
  const $ = parsePage(await viewer.get(await path()));
  expect(textOf($, 'h1')).toBe('Place “Ana’s name 1”');
  expect(row($, 'name')).toEqual(['Ana’s name 1', 'ana@example.org']);
  expect(row($, 'streetAddress')).toEqual(['1 Main Street', 'scraper@vibemap.com']);
  expect(textsOf($, '.rows .row a[data-open]')).toEqual([
    'Place Ana’s name 1',
    'Place Ana’s name 1',
    'Place Access denied',
    'Place Place number 0',
  ]);
  expect($('th:contains("name") ~ td a').attr('href')).toMatch(/^\/review\/changes\/\d+$/);
});

test('shows what it was at any moment of its history, without a script', async () => {
  const first = parsePage(await viewer.get(await path()));
  const moments = first('select[name=at] option').toArray();
  expect(moments).toHaveLength(4);
  const at = async (index: number) =>
    parsePage(await viewer.get(`${await path()}?at=${first(moments[index]).attr('value')}`));
  const made = await at(0);
  expect(row(made, 'name')).toEqual(['removed: Place number 0', 'added: Ana’s name 1', 'ana@example.org']);
  expect(made('select[name=at]').val()).toBe(first(moments[0]).attr('value'));
  expect(row(await at(1), 'name')[0]).toBe('removed: Access denied');
  expect(row(await at(2), 'description')).toEqual([
    'removed: Open to all. Edition 1.',
    'added: Open to all. Edition 2.',
    'scraper@vibemap.com',
  ]);
  expect(textOf(await at(2), 'caption')).toMatch(/^Its values as of .* UTC, and now$/);
});

test('tells of suggestions and of values held back', async () => {
  const suggested = parsePage(await viewer.get(await path()));
  expect(textsOf(suggested, 'main > ul li')).toEqual(['1 suggestion by sources']);
  const href = suggested('main > ul a').attr('href') ?? '';
  expect(parsePage(await viewer.get(href))('.row')).toHaveLength(1);
  const denied = await Place.findOne({ where: { identifier: '20' }, rejectOnEmpty: true });
  const held = parsePage(await viewer.get(`/review/records/Place/${denied.id}`));
  expect(textsOf(held, 'main > ul li')).toEqual(['1 value held back']);
  const holds = parsePage(await viewer.get(held('main > ul a').attr('href') ?? ''));
  expect(textsOf(holds, 'tbody tr')).toEqual([expect.stringContaining('Access denied')]);
});

test('lets an editor give a field back to the scrapers, and says which fields people wrote', async () => {
  const editor = await web.as('editor');
  const $ = parsePage(await editor.get(await path()));
  expect(textsOf($, 'main table button')).toEqual(['Let scrapers write name again']);
  const { action, fields } = formOf($, 'Let scrapers write name again');
  expect((await viewer.post(action, fields)).statusCode).toBe(403);
  expect((await editor.post(action, fields)).headers.location).toBe(await path());
  expect(textOf(parsePage(await editor.get(await path())), '[role=status]')).toBe(
    'Scrapers may write name again, until a person writes it once more.',
  );
  await town.crawlAgain();
  expect(await Place.count({ where: { name: 'Ana’s name 1' } })).toBe(0);
});

test('shows what is left of a record that was deleted', async () => {
  const place = await Place.findOne({ where: { name: 'Cleo’s name' }, rejectOnEmpty: true });
  await withUserActor(town.people.cleo, () => place.destroy());
  const $ = parsePage(await viewer.get(`/review/records/Place/${place.id}`));
  expect(textOf($, '.lead')).toMatch(
    /^Deleted by cleo@example\.org on .+ UTC \(change \d+\)\. \d+ changes\./,
  );
  expect($('main table')).toHaveLength(0);
  expect(textsOf($, '.rows .row')[0]).toContain('deleted');
});

test('never shows a masked value, such as the hash of a password', async () => {
  const { id, passwordHash } = town.people.ana;
  await withUserActor(town.people.cleo, () => town.people.ana.update({ username: 'ana-2' }));
  const answer = await viewer.get(`/review/records/User/${id}`);
  expect(row(parsePage(answer), 'passwordHash')[0]).toBe(passwordHash === null ? '(empty)' : '********');
  expect(answer.body).not.toContain('$argon2');
});

test('shows the history of a kind of record that there is no more, and finds none where there is none', async () => {
  for (const url of ['Place/4711', 'Place/abc', 'Thing/1', 'Place/1%20OR%201', 'constructor/1'])
    expect([url, (await viewer.get(`/review/records/${url}`)).statusCode]).toEqual([url, 404]);
});
