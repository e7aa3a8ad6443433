import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { Run } from '../../../../src/runs/run.ts';
import { findPause } from '../../../../src/runs/source-pauses.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { waitFor } from '../../../helpers/wait-for.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from './helpers/parse-page.ts';

const database = await createTestDatabase({ poolSize: 1 });
let web: TestWeb;
let town: BadRun;
let editor: Visitor;
let admin: Visitor;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 160, denied: 150 });
  web = await startTestWeb(database);
});
beforeEach(async () => {
  editor = await web.as('editor');
  admin = await web.as('admin');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

/** Presses an undo button of a page, and gives the address of the plan that it makes. */
async function plan(visitor: Visitor, page: string, button: string): Promise<string> {
  const { action, fields } = formOf(parsePage(await visitor.get(page)), button);
  const answer = await visitor.post(action, fields);
  expect(answer.statusCode).toBe(303);
  return String(answer.headers.location);
}

/** The page of a plan that is carried out, as soon as it is. */
async function done(visitor: Visitor, url: string) {
  return await waitFor('the plan is carried out', async () => {
    const $ = parsePage(await visitor.get(url));
    return textOf($, 'main').includes('Undone.') ? $ : undefined;
  });
}

const badRun = () => `/review/runs/${town.bad.runId}`;
/** The run of the first undo. */
const undoRun = () => Run.findOne({ where: { kind: 'undo' }, order: [['id', 'ASC']], rejectOnEmpty: true });
const deniedNames = () => Place.count({ where: { name: 'Access denied' } });

test('says what would happen, and changes nothing', async () => {
  const url = await plan(editor, badRun(), 'Undo 150 changes…');
  const $ = parsePage(await editor.get(url));
  expect(textOf($, '.lead')).toBe(
    'Nothing is changed yet. 145 fields of 145 records restored · ' +
      '5 records left alone, changed since by ana@example.org (3), cleo@example.org (2).',
  );
  expect(textOf($, 'main')).toContain(
    'Afterwards: 145 values held back, so that the next crawl does not write them again; ' +
      'town-places paused, until somebody resumes it.',
  );
  expect(textsOf($, 'main form.stacked button')).toEqual(['Undo 145 changes in 145 records']);
  expect(textsOf($, 'h2')).toEqual(['Left alone: 5 records', 'What would be changed']);
  expect(textOf($, '#left + .rows .row:first-child')).toMatch(
    /^Place Ana’s name 1 ana@example.org changed name since. It is Ana’s name 1 now. change \d+$/,
  );
  expect(textsOf($, '#left + .rows + h2 + .rows .row')[0]).toMatch(
    /^Place Access denied name: removed: Access denied → added: Place number \d+$/,
  );
  expect(await deniedNames()).toBe(146);
  expect(await Run.count({ where: { kind: 'undo' } })).toBe(0);
});

test('shows all records, a page at a time', async () => {
  const url = await plan(editor, badRun(), 'Undo 150 changes…');
  const records = new Set<string>();
  for (let next: string | undefined = url; next !== undefined; ) {
    const $ = parsePage(await editor.get(next));
    for (const link of $('h2:contains("What would be changed") + .rows a[data-open]'))
      records.add($(link).attr('href') ?? '');
    next = $('a.button:contains("More")').attr('href');
  }
  expect(records.size).toBe(145);
});

test('is carried out only with a reason, and by who may', async () => {
  const url = await plan(editor, badRun(), 'Undo these 150…');
  expect((await editor.post(`${url}/apply`, { reason: ' ' })).statusCode).toBe(400);
  expect((await editor.post(`${url}/apply`, { reason: 'x'.repeat(1001) })).statusCode).toBe(400);
  const reviewer = await web.as('reviewer');
  expect((await reviewer.post(`${url}/apply`, { reason: 'a block page' })).statusCode).toBe(403);
  expect((await reviewer.post('/review/plans', { run: town.bad.runId })).statusCode).toBe(403);
  expect(textOf(parsePage(await reviewer.get(url)), '.notice')).toBe(
    'Carrying it out needs the role editor: it changes records.',
  );
  expect(await deniedNames()).toBe(146);
});

test('needs an admin when records would be removed', async () => {
  const url = await plan(editor, `/review/runs/${town.good.runId}`, 'Undo 160 changes…');
  expect(textOf(parsePage(await editor.get(url)), '.notice')).toBe(
    'Carrying it out needs the role admin: it brings records back or removes some.',
  );
  const answer = await editor.post(`${url}/apply`, { reason: 'not wanted' });
  expect(answer.statusCode).toBe(403);
  expect(answer.body).toContain('needs the role admin; editor@example.org has the role editor');
  expect(textOf(parsePage(await admin.get(url)), 'form.stacked button')).toMatch(/^Undo \d+ changes in/);
  expect(await Place.count()).toBe(160);
});

test('is replaced when its records were changed meanwhile, and leads to the plan that took its place', async () => {
  const url = await plan(editor, '/review/changes?run=2&field=name', 'Undo all 150 matching changes…');
  const [place] = await Place.findAll({
    where: { name: 'Access denied' },
    order: [['id', 'DESC']],
    limit: 1,
  });
  await withUserActor(town.people.ben, () => place?.update({ name: 'Ben’s name' }));
  await editor.post(`${url}/apply`, { reason: 'a block page' });
  const $ = await waitFor('another plan takes its place', async () => {
    const page = parsePage(await editor.get(url));
    return textOf(page, '[role=status]').includes('replaces it') ? page : undefined;
  });
  expect(textOf($, 'main')).toContain('so nothing was done');
  expect(textsOf($, 'main button')).toEqual([]);
  const next = $('[role=status] a').attr('href') ?? '';
  expect(textOf(parsePage(await editor.get(next)), '.lead')).toContain(
    '144 fields of 144 records restored · ' +
      '6 records left alone, changed since by ana@example.org (3), cleo@example.org (2), ben@example.org (1).',
  );
  expect(await deniedNames()).toBe(145);
});

test('is carried out in the background by who asked, and tells how it went', async () => {
  const url = await plan(editor, badRun(), 'Undo 150 changes…');
  const answer = await editor.post(`${url}/apply`, { reason: 'a block page' });
  expect(answer).toMatchObject({ statusCode: 303, headers: { location: url } });
  const $ = await done(editor, url);
  const run = await undoRun();
  expect(textOf($, '.notice')).toBe(
    'Undone. 144 fields of 144 records restored · ' +
      '6 records left alone, changed since by ana@example.org (3), cleo@example.org (2), ben@example.org (1). ' +
      `It is run ${run.id} and undoes run 2. 144 values held back. town-places is paused, until somebody resumes it. ` +
      '6 records left for you',
  );
  expect($('.notice a[href="#left"]')).toHaveLength(1);
  expect($('#left')).toHaveLength(1);
  expect($('meta[http-equiv=refresh]')).toHaveLength(0);
  expect(run).toMatchObject({
    kind: 'undo',
    actorEmail: 'editor@example.org',
    reason: 'a block page',
    revertsRunId: '2',
  });
  expect(await deniedNames()).toBe(1);
  expect(await findPause(database.sequelize, 'town-places')).toMatchObject({ runId: '2' });
});

test('is linked both ways with the run that it undid, which offers no undo of what is undone', async () => {
  const undone = parsePage(await editor.get(badRun()));
  expect(textOf(undone, '.facts')).toContain(`Undone by run ${(await undoRun()).id}`);
  expect(textOf(undone, '.counts')).toContain('144 of 150 changes undone');
  expect(textsOf(undone, 'main button[data-key=z]')[0]).toBe('Undo 6 changes…');
  const undo = parsePage(await editor.get(`/review/runs/${(await undoRun()).id}`));
  expect(textOf(undo, 'h1')).toMatch(/^Run \d+: undo of run \d+$/);
  expect(textOf(undo, '.facts')).toContain('Why a block page Undoes run 2');
});

test('is carried out once, however often it is asked for', async () => {
  const before = await Run.count();
  const planId = (await undoRun()).requestKey?.replace('undo:', '');
  expect((await editor.post(`/review/plans/${planId}/apply`, { reason: 'again' })).statusCode).toBe(303);
  await done(editor, `/review/plans/${planId}`);
  expect(await Run.count()).toBe(before);
});

test('can itself be undone', async () => {
  const planId = (await undoRun()).requestKey?.replace('undo:', '');
  const url = await plan(editor, `/review/plans/${planId}`, 'Undo this undo…');
  await editor.post(`${url}/apply`, { reason: 'It was right after all' });
  expect(textOf(await done(editor, url), '.notice')).toContain(`and undoes run ${(await undoRun()).id}.`);
  expect(await deniedNames()).toBe(145);
});

test.each<[string, [string, string][]]>([
  ['nothing', []],
  ['empty conditions', [['run', '']]],
  ['a word that is no condition', [['colour', 'red']]],
  ['an id that is none', [['id', 'abc']]],
  [
    'a field that cannot be',
    [
      ['id', '1'],
      ['fields', ''],
    ],
  ],
])('refuses to plan the undo of %s', async (_name, fields) => {
  expect((await editor.post('/review/plans', fields)).statusCode).toBe(400);
});

test('says so when there is nothing to undo, and when there is no such plan', async () => {
  expect((await editor.post('/review/plans', { actor: 'nobody@example.org' })).statusCode).toBe(409);
  for (const id of ['4711', '0', 'abc', '99999999999999999999']) {
    expect((await editor.get(`/review/plans/${id}`)).statusCode).toBe(404);
    expect((await editor.get(`/review/plans/${id}/progress`)).statusCode).toBe(404);
    expect((await editor.post(`/review/plans/${id}/apply`, { reason: 'x' })).statusCode).toBe(404);
  }
});
