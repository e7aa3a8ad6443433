import { afterAll, beforeAll, expect, test } from 'vitest';
import { HotspotsError } from '../../../../src/errors.ts';
import { bindModels } from '../../../../src/models.ts';
import { Run } from '../../../../src/runs/run.ts';
import { findPause } from '../../../../src/runs/source-pauses.ts';
import type { ConfiguredSource } from '../../../../src/web/page.ts';
import { Hold, Suggestion } from '../../../../src/write-policy/models.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../../../helpers/web-server.ts';
import { formOf, parsePage, textOf, textsOf } from '../review/helpers/parse-page.ts';

const database = await createTestDatabase({ poolSize: 1 });
const { sequelize } = database;
let configured: () => Promise<readonly ConfiguredSource[]> = async () => [
  { name: 'town-library', spider: 'events', startUrls: ['https://library.example/'] },
  { name: 'new-museum', spider: 'places', startUrls: ['https://museum.example/'] },
];
let web: TestWeb;
let viewer: Visitor;
let admin: Visitor;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database, { sources: () => configured() });
  [viewer, admin] = [await web.as('viewer'), await web.as('admin')];
  for (const sourceName of ['town-library', 'town-library', 'gone-theatre']) {
    await Run.create({
      spider: 'events',
      sourceName,
      requestKey: crypto.randomUUID(),
      actorId: null,
      actorEmail: 'scraper@vibemap.com',
      state: 'finished',
      finishedAt: new Date(),
    });
  }
  const field = {
    model: 'Place',
    objectId: '1',
    objectLabel: 'Mill',
    field: 'name',
    sourceName: 'town-library',
  };
  await Suggestion.create({ ...field, sourceUrl: 'https://library.example/', value: 'x', runId: null });
  const valueHash = '00000000-0000-0000-0000-000000000000';
  await Hold.create({ ...field, value: 'y', valueHash, undoRunId: null });
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const row = async (visitor: Visitor, name: string) =>
  textsOf(parsePage(await visitor.get('/admin/sources')), `tr:has(th:contains("${name}")) > *`);

test('lists what is configured and what was ever crawled, with the last runs and what waits', async () => {
  const $ = parsePage(await viewer.get('/admin/sources'));
  expect(textsOf($, 'tbody th a[data-open]')).toEqual(['gone-theatre', 'new-museum', 'town-library']);
  expect(await row(viewer, 'town-library')).toEqual([
    'town-library events, https://library.example/',
    expect.stringMatching(/^run 2, finished, .* UTC run 1, finished, .* UTC$/),
    '0',
    '1 suggestion, 1 hold',
    'no',
  ]);
  expect((await row(viewer, 'new-museum')).slice(1)).toEqual(['never crawled', '0', 'nothing', 'no']);
  expect((await row(viewer, 'gone-theatre'))[0]).toBe('gone-theatre not in sources.yaml');
  for (const link of $('main a[href^="/"]').toArray())
    expect((await viewer.get($(link).attr('href') ?? '')).statusCode).toBe(200);
});

test('pauses a source with a reason, and resumes it, as an admin says', async () => {
  const { action } = formOf(parsePage(await admin.get('/admin/sources')), 'Pause new-museum');
  const answer = await admin.post(action, { reason: 'It is being rebuilt.' });
  expect(answer.headers.location).toBe('/admin/sources');
  expect(await findPause(sequelize, 'new-museum')).toMatchObject({
    reason: 'It is being rebuilt.',
    pausedByEmail: 'admin@example.org',
  });
  expect((await row(viewer, 'new-museum')).at(-1)).toMatch(
    /^paused by admin@example.org, .* UTC: It is being rebuilt\.$/,
  );
  const resume = formOf(parsePage(await admin.get('/admin/sources')), 'Resume new-museum');
  expect((await admin.post(resume.action, resume.fields)).headers.location).toBe('/admin/sources');
  expect(await findPause(sequelize, 'new-museum')).toBeNull();
});

test('pauses nothing that there is not, and nothing for others', async () => {
  expect((await admin.post('/admin/sources/nowhere/pause', { reason: 'x' })).statusCode).toBe(404);
  for (const role of ['viewer', 'reviewer', 'editor'] as const) {
    const visitor = await web.as(role);
    expect((await visitor.post('/admin/sources/town-library/pause', { reason: 'x' })).statusCode).toBe(403);
    expect(parsePage(await visitor.get('/admin/sources'))('main button')).toHaveLength(0);
  }
  expect(await findPause(sequelize, 'town-library')).toBeNull();
});

test('is there while sources.yaml has a mistake, and says which', async () => {
  const before = configured;
  configured = async () => {
    throw new HotspotsError('SOURCES_INVALID', 'sources.yaml:3: sources[0].spider: is missing');
  };
  const $ = parsePage(await viewer.get('/admin/sources'));
  expect(textOf($, 'pre')).toBe('sources.yaml:3: sources[0].spider: is missing');
  expect(textsOf($, 'tbody th a[data-open]')).toEqual(['gone-theatre', 'town-library']);
  configured = before;
});
