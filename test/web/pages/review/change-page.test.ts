import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { findLogEntries } from '../../../../src/audit/read/search.ts';
import { withoutAudit } from '../../../../src/audit/record/without-audit.ts';
import { bindModels } from '../../../../src/models.ts';
import { closePlace } from '../../../../src/records/operations/events.ts';
import { Place } from '../../../../src/records/place.ts';
import { giveVerdict } from '../../../../src/runs/verdicts.ts';
import { asAna } from '../../../helpers/as-ana.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from './helpers/parse-page.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let web: TestWeb;
let town: BadRun;
let editor: Visitor;
let viewer: Visitor;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 30, denied: 25 });
  web = await startTestWeb(database);
  editor = await web.as('editor');
  viewer = await web.as('viewer');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

const page = async (id: string | undefined, visitor = viewer) =>
  parsePage(await visitor.get(`/review/changes/${id}`));
const newest = async (place: Place | null) => {
  const filter = { model: 'Place', objectId: place?.id };
  return (await findLogEntries(sequelize, filter, { limit: 1 })).entries[0]?.id;
};
const changeOf = async (name: string, run: string) => {
  const place = await Place.findOne({ where: { name }, rejectOnEmpty: true });
  const filter = { model: 'Place', objectId: place.id, run };
  return (await findLogEntries(sequelize, filter, { limit: 1 })).entries[0]?.id;
};

test('says what was changed, by whom, in which run, and on which page it was read', async () => {
  const place = await Place.findOne({ where: { name: 'Access denied' }, order: [['id', 'DESC']] });
  const $ = await page(await newest(place));
  expect(textOf($, 'h1')).toBe('Place “Access denied” changed');
  expect(textOf($, '.facts')).toContain(`Record Place ${place?.id}, history By scraper@vibemap.com`);
  expect(
    $('.facts a')
      .map((_index, link) => $(link).attr('href'))
      .toArray(),
  ).toEqual([
    `/review/records/Place/${place?.id}`,
    `/review/runs/${town.bad.runId}`,
    town.source.startUrls[0],
  ]);
  expect($('.facts a').last().attr('rel')).toContain('noopener noreferrer');
  expect($('.facts time').attr('title')).toMatch(/seconds? ago|now/);
  expect(textsOf($, 'tbody tr > *')).toEqual([
    'name',
    `removed: Place number ${place?.identifier}`,
    'added: Access denied',
    'unchanged',
  ]);
  expect(textsOf($, '.rows .row a[data-open]')).toEqual([
    'Place Access denied',
    `Place Place number ${place?.identifier}`,
  ]);
});

test('says why, if somebody has said it', async () => {
  const place = await asAna(() => Place.create({ name: 'Old School' }));
  await asAna(() => closePlace(place.id, { reason: 'It <i>burnt</i> down' }));
  expect(textOf(await page(await newest(place)), '.facts')).toContain('Why It <i>burnt</i> down');
});

test('says what the field is now and who wrote it since, and then offers no undo of it', async () => {
  const $ = await page(await changeOf('Ana’s name 1', town.bad.runId), editor);
  expect(textsOf($, 'tbody tr > *').at(-1)).toBe('Ana’s name 1 by ana@example.org');
  expect($('input[name=fields]')).toHaveLength(0);
  expect(textOf($, 'main')).toContain('Nothing of it is left to undo.');
});

test('shows long text word by word, and empty values as such', async () => {
  const place = await Place.findOne({ where: { name: 'Access denied' }, rejectOnEmpty: true });
  await asAna(() =>
    place.update({
      description: 'A quiet library by the river, with a garden, closed on Mondays.',
      telephone: null,
      email: 'desk@example.org',
    }),
  );
  await asAna(() =>
    place.update({
      description: 'A quiet library by the lake, with a garden, closed on Mondays.',
      email: null,
    }),
  );
  const $ = await page(await newest(place));
  const description = $('tr:has(th:contains("description"))');
  expect(description.find('del').text()).toBe('removed: river');
  expect(description.find('ins').text()).toBe('added: lake');
  expect(textsOf($, 'tr:has(th:contains("email")) > *')).toEqual([
    'email',
    'removed: desk@example.org',
    '(empty)',
    'unchanged',
  ]);
});

test('names a field that was changed outside the audit log', async () => {
  const place = await Place.findOne({
    where: { name: 'Access denied' },
    order: [['id', 'DESC']],
    rejectOnEmpty: true,
  });
  await asAna(() =>
    withoutAudit(sequelize, 'a repair by hand', () =>
      sequelize.query('UPDATE places SET name = $1 WHERE id = $2', { bind: ['Past the log', place.id] }),
    ),
  );
  await place.reload();
  await asAna(() => place.update({ name: 'After it' }));
  expect(textOf(await page(await newest(place)), '.problem')).toBe(
    'name: changed outside the audit log before this change; it is not known by whom.',
  );
  const others = await page(await changeOf('Cleo’s name', town.bad.runId));
  expect(others('.problem')).toHaveLength(0);
});

test('undoes only the ticked fields', async () => {
  const place = await Place.findOne({
    where: { name: 'Access denied' },
    order: [['id', 'DESC']],
    rejectOnEmpty: true,
  });
  await asAna(() => place.update({ telephone: '+13125550100', email: 'desk@example.org' }));
  const $ = await page(await newest(place), editor);
  expect(
    $('input[name=fields]')
      .map((_index, box) => $(box).val())
      .toArray(),
  ).toEqual(['email', 'telephone']);
  const { action, fields } = formOf($, 'Undo the ticked fields, or all when none is ticked…');
  const answer = await editor.post(action, [...fields, ['fields', 'email']]);
  const plan = parsePage(await editor.get(String(answer.headers.location)));
  expect(textOf(plan, '.lead')).toBe('Nothing is changed yet. 1 field of 1 record restored.');
  expect(textsOf(plan, '.changes li')).toEqual([
    expect.stringContaining('email: removed: desk@example.org → (empty)'),
  ]);
});

test('offers to remove what was made, and to bring back what was deleted, as long as that is so', async () => {
  const made = await withUserActor(town.people.ana, () =>
    Place.create({ name: 'New place', streetAddress: '1 New Street', addressLocality: 'Chicago' }),
  );
  const creation = await newest(made);
  const buttons = async (id: string | undefined) => textsOf(await page(id, editor), 'button[data-key=z]');
  expect(await buttons(creation)).toEqual(['Undo: remove this record…']);
  await withUserActor(town.people.ana, () => made.destroy());
  const deletion = await newest(made);
  expect(await buttons(deletion)).toEqual(['Undo: bring this record back…']);
  expect(await buttons(creation)).toEqual([]);
  const $ = await page(creation);
  expect(textsOf($, 'tbody tr:has(th:contains("name")) td').at(-1)).toBe('the record was deleted');
  expect(textOf($, '.facts')).toMatch(
    new RegExp(`Deleted by ana@example\\.org on .+ UTC \\(change ${deletion}\\)\\.`),
  );
});

test('has its own verdict, or else that of its run, and offers only what would change something', async () => {
  const id = await changeOf('Cleo’s name', town.bad.runId);
  const reviewer = await web.as('reviewer');
  const buttons = async () => textsOf(await page(id, reviewer), 'main button:not([disabled])');
  expect(await buttons()).toEqual(['Mark good', 'Mark bad']);
  await giveVerdict(sequelize, { runId: town.bad.runId }, 'good', { by: town.people.ana });
  expect(textOf(await page(id), '.facts')).toContain('Verdict good, as its run');
  const { action, fields } = formOf(await page(id, reviewer), 'Mark bad');
  const note = fields.map(([name, value]): [string, string] => [name, name === 'note' ? 'wrong' : value]);
  expect((await reviewer.post(action, note)).headers.location).toBe(`/review/changes/${id}`);
  const $ = await page(id, reviewer);
  expect(textOf($, '[role=status]')).toBe('1 change marked bad.');
  expect(textOf($, '.facts')).toContain('Verdict bad by reviewer@example.org: wrong');
  expect(await buttons()).toEqual(['Mark good', 'Clear verdict']);
  const clear = formOf($, 'Clear verdict');
  await reviewer.post(clear.action, clear.fields);
  expect(textOf(await page(id), '.facts')).toContain('Verdict good, as its run');
});

test('is not found when there is none', async () => {
  for (const id of ['4711000', '0', 'abc', '-1', '99999999999999999999', "1'--"])
    expect((await viewer.get(`/review/changes/${encodeURIComponent(id)}`)).statusCode).toBe(404);
});
