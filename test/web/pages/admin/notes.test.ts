import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { resumeSource } from '../../../../src/runs/source-pauses.ts';
import { applyUndoPlan, planUndoOf } from '../../../../src/runs/undo.ts';
import { Suggestion } from '../../../../src/write-policy/models.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from '../review/helpers/parse-page.ts';

const database = await createTestDatabase({ poolSize: 1 });
const { sequelize } = database;
let web: TestWeb;
let town: BadRun;
let editor: Visitor;
let viewer: Visitor;

beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 30, denied: 25 });
  const plan = await planUndoOf(sequelize, { filter: { run: town.bad.runId } }, town.people.ana);
  await applyUndoPlan(sequelize, plan.id, { by: town.people.ana, reason: 'a block page' });
  await resumeSource(sequelize, 'town-places');
  await town.crawlAgain();
  web = await startTestWeb(database);
  [editor, viewer] = [await web.as('editor'), await web.as('viewer')];
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

const path = ({ id }: Place) => `/admin/places/${id}`;
const called = (name: string) => Place.findOne({ where: { name }, rejectOnEmpty: true });
/** What stands beside a field. */
const beside = ($: ReturnType<typeof parsePage>, label: string) =>
  textsOf($, `.field:has(label[for="field-${label}"], b:contains("${label}")) .notes li`);

test('says beside each field who wrote it, what its source wrote last and what it suggests', async () => {
  const place = await called('Ana’s name 1');
  const $ = parsePage(await editor.get(path(place)));
  expect(beside($, 'name')).toEqual([
    expect.stringMatching(/^Written by ana@example.org, .* UTC Let scrapers write it again: Name$/),
    expect.stringMatching(/^town-places last wrote, .* UTC: Access denied$/),
    expect.stringMatching(
      /^town-places suggests: Access denied last seen .* UTC on http.* Accept: Name Dismiss: Name$/,
    ),
  ]);
  expect(beside($, 'description')).toEqual([
    expect.stringMatching(/^Written by the source town-places, .* UTC$/),
  ]);
  expect($('.field .notes a').first().attr('href')).toMatch(/^\/review\/changes\/\d+$/);
  expect(textOf($, 'summary')).toBe('Shown on 1 page of sources');
});

test('says which values are held back, and lets them go', async () => {
  const place = await Place.findOne({ where: { identifier: '20' }, rejectOnEmpty: true });
  const $ = parsePage(await editor.get(path(place)));
  expect(beside($, 'name').at(-1)).toMatch(
    /^town-places may not write, since it was undone .* UTC: Access denied Release: Name$/,
  );
  const { action, fields } = formOf($, 'Release: Name');
  const answer = await editor.post(action, fields);
  expect(answer.headers.location).toBe(path(place));
  expect(beside(parsePage(await editor.get(path(place))), 'name').join()).not.toContain('may not write');
});

test('takes a suggestion over as who is signed in, or dismisses it, and comes back', async () => {
  const [second, third] = [await called('Ana’s name 2'), await called('Ana’s name 3')];
  const accept = formOf(parsePage(await editor.get(path(second))), 'Accept: Name');
  expect((await editor.post(accept.action, accept.fields)).headers.location).toBe(path(second));
  expect((await second.reload()).name).toBe('Access denied');
  expect(beside(parsePage(await editor.get(path(second))), 'name')[0]).toContain('editor@example.org');
  const dismiss = formOf(parsePage(await editor.get(path(third))), 'Dismiss: Name');
  await editor.post(dismiss.action, dismiss.fields);
  expect((await third.reload()).name).toBe('Ana’s name 3');
  expect(await Suggestion.findOne({ where: { objectId: third.id, field: 'name' } })).toMatchObject({
    state: 'dismissed',
  });
});

test('lets scrapers write a field again, and then offers it no more until a person writes it', async () => {
  const place = await called('Ana’s name 1');
  const release = formOf(parsePage(await editor.get(path(place))), 'Let scrapers write it again: Name');
  expect((await editor.post(release.action, release.fields)).headers.location).toBe(path(place));
  const $ = parsePage(await editor.get(path(place)));
  expect(textOf($, '[role=status]')).toContain('Scrapers may write name again');
  expect($('button:contains("Let scrapers write it again: Name")')).toHaveLength(0);
  await withUserActor(town.people.ana, () => place.update({ name: 'Ana’s name 1, again' }));
  expect(
    parsePage(await editor.get(path(place)))('button:contains("Let scrapers write it again: Name")'),
  ).toHaveLength(1);
});

test('shows who may only look all of it, without a button', async () => {
  const place = await called('Ana’s name 1, again');
  const $ = parsePage(await viewer.get(path(place)));
  expect(textsOf($, '.field:has(b:contains("Name")) .stored')[0]).toBe('Ana’s name 1, again');
  expect(beside($, 'Name').join()).toMatch(/town-places last wrote, [^:]*:\d\d UTC: Access denied/);
  expect($('main button, main form')).toHaveLength(0);
});
