import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../../../src/models.ts';
import { Run } from '../../../../src/runs/run.ts';
import { findPause } from '../../../../src/runs/source-pauses.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from './helpers/parse-page.ts';

const database = await createTestDatabase({ poolSize: 1 });
let web: TestWeb;
let town: BadRun;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 60, denied: 50 });
  web = await startTestWeb(database);
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

const badRun = () => `/review/runs/${town.bad.runId}`;

describe('the page of a run', () => {
  test('says who, when and how much, and why it is flagged', async () => {
    const $ = parsePage(await (await web.as('viewer')).get(badRun()));
    expect(textOf($, 'h1')).toBe('Run 2: places, town-places');
    expect(textOf($, '.facts')).toContain('By scraper@vibemap.com');
    expect(textOf($, '.facts')).toMatch(/When .* UTC, finished after [\d.]+ s/);
    expect(textsOf($, '.counts li')).toEqual([
      '0 new',
      '50 changed',
      '0 deleted',
      '1 page',
      '60 items',
      '10 unchanged',
    ]);
    expect(textsOf($, '.flags li')).toContain(
      'Place.name: one value, "Access denied", was written 50 times, usually 0',
    );
  });

  test('shows the commonest new value of each field and samples, each with a way on', async () => {
    const $ = parsePage(await (await web.as('viewer')).get(badRun()));
    expect(textsOf($, 'tbody tr > *')).toEqual(['Place.name', '50', 'Access denied', '100 %']);
    expect($('tbody a').attr('href')).toBe(`/review/changes?run=${town.bad.runId}&model=Place&field=name`);
    const samples = $('h2:contains("Samples") ~ ul .row');
    expect(samples).toHaveLength(3);
    expect(samples.find('del').first().text()).toMatch(/^removed: Place number \d+$/);
    expect(samples.find('ins').first().text()).toBe('added: Access denied');
    expect(samples.find('.meta a').first().attr('href')).toBe(town.source.startUrls[0]);
  });

  test('says which command it was, with its options as text', async () => {
    const details = { command: 'set-timezone', options: { city: '<b>Springfield' } };
    const run = await Run.create({
      kind: 'command',
      actorId: null,
      actorEmail: 'system@vibemap.com',
      details,
    });
    const $ = parsePage(await (await web.as('viewer')).get(`/review/runs/${run.id}`));
    expect(textOf($, 'h1')).toBe(`Run ${run.id}: command set-timezone`);
    expect(textOf($, '.facts')).toContain('Options --city=<b>Springfield');
    await run.destroy();
  });

  test('is not found when there is none', async () => {
    const viewer = await web.as('viewer');
    for (const id of ['4711', '0', 'abc', '-1', '99999999999999999999', "1'--"])
      expect((await viewer.get(`/review/runs/${id}`)).statusCode).toBe(404);
  });

  test('offers each role what it may do, and says what that does', async () => {
    const buttons = async (role: 'viewer' | 'reviewer' | 'editor') =>
      textsOf(parsePage(await (await web.as(role)).get(badRun())), 'main button:not([disabled])');
    expect(await buttons('viewer')).toEqual([]);
    const verdicts = ['Good: close this run', 'Bad: pause town-places'];
    expect(await buttons('reviewer')).toEqual(verdicts);
    expect(await buttons('editor')).toEqual(['Undo 50 changes…', ...verdicts, 'Undo these 50…']);
  });

  test('takes a verdict with a note, tells of it, and offers to clear it', async () => {
    const reviewer = await web.as('reviewer');
    const { action, fields } = formOf(parsePage(await reviewer.get(badRun())), 'Bad: pause town-places');
    const note = 'a <b>block</b> page';
    const given = fields.map(([name, value]): [string, string] => [name, name === 'note' ? note : value]);
    const answer = await reviewer.post(action, given);
    expect(answer).toMatchObject({ statusCode: 303, headers: { location: badRun() } });
    const $ = parsePage(await reviewer.get(badRun()));
    expect(textOf($, '[role=status]')).toBe('Run 2 is bad. town-places is paused.');
    expect(textOf($, '.facts')).toContain('Verdict bad');
    expect(textsOf($, 'h2:contains("Verdicts") + ul li')).toEqual([
      expect.stringMatching(/^bad by reviewer@example.org, .* UTC: a <b>block<\/b> page$/),
    ]);
    expect(textOf($, '.notice')).toContain('town-places is paused by reviewer@example.org');
    expect(textOf($, '.notice')).toContain('An admin can resume it.');
    expect(textsOf($, 'main button:not([disabled])')).toEqual(['Good: close this run', 'Clear the verdict']);
    const form = formOf($, 'Clear the verdict');
    await reviewer.post(form.action, form.fields);
    expect(await Run.findByPk(town.bad.runId)).toMatchObject({ verdict: null });
    expect(textOf(parsePage(await reviewer.get(badRun())), '[role=status]')).toBe(
      'Run 2 has no verdict any more.',
    );
  });

  test('lets an admin resume the paused source, and nobody else', async () => {
    const admin = await web.as('admin');
    const { action, fields } = formOf(
      parsePage(await admin.get(badRun())),
      'Resume town-places: crawl it again',
    );
    expect((await (await web.as('editor')).post(action, fields)).statusCode).toBe(403);
    expect(await findPause(database.sequelize, 'town-places')).not.toBeNull();
    expect((await admin.post(action, fields)).headers.location).toBe(badRun());
    expect(textOf(parsePage(await admin.get(badRun())), '[role=status]')).toBe(
      'town-places will be crawled again.',
    );
    expect(await findPause(database.sequelize, 'town-places')).toBeNull();
  });

  test('takes no verdict that is none, nor one of a run that still goes on', async () => {
    const reviewer = await web.as('reviewer');
    expect((await reviewer.post(`${badRun()}/verdict`, { verdict: 'fine' })).statusCode).toBe(400);
    const note = 'x'.repeat(1001);
    expect((await reviewer.post(`${badRun()}/verdict`, { verdict: 'good', note })).statusCode).toBe(400);
    const running = await Run.create({
      spider: 'places',
      sourceName: 'elsewhere',
      requestKey: 'running',
      actorId: null,
      actorEmail: 'scraper@vibemap.com',
    });
    const page = parsePage(await reviewer.get(`/review/runs/${running.id}`));
    expect(textOf(page, 'main')).toContain('It can be judged and undone when it has ended.');
    const answer = await reviewer.post(`/review/runs/${running.id}/verdict`, { verdict: 'good' });
    expect(answer.statusCode).toBe(409);
  });
});
