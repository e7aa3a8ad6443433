import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { Place } from '../../../src/records/place.ts';
import { type BadRun, makeBadRun } from '../../helpers/bad-run.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiClient } from './api-client.ts';

let database: Database;
let web: TestWeb;
let town: BadRun;
let nobody: ApiClient;
let viewer: ApiClient;
let reviewer: ApiClient;
let editor: ApiClient;
let admin: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 1 });
  await bindModels(database);
  town = await makeBadRun(database, { count: 40, denied: 30 });
  web = await startTestWeb(database);
  nobody = new ApiClient(web.app, null);
  viewer = await ApiClient.as(web.app, database.sequelize, 'viewer');
  reviewer = await ApiClient.as(web.app, database.sequelize, 'reviewer');
  editor = await ApiClient.as(web.app, database.sequelize, 'editor');
  admin = await ApiClient.as(web.app, database.sequelize, 'admin');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

function rows({ data }: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(data) ? data : [];
}

describe('runs', () => {
  test('are listed with those first that wait for a verdict, and read one by one', async () => {
    const { status, body } = await viewer.get('/runs');
    expect(status).toBe(200);
    expect(rows(body).map(({ id }) => id)).toEqual([town.bad.runId, town.good.runId]);
    const [bad] = rows(body);
    expect(bad).toMatchObject({
      kind: 'crawl',
      spider: 'places',
      sourceName: 'town-places',
      state: 'finished',
      verdict: null,
      flags: expect.arrayContaining([expect.objectContaining({ sentence: expect.any(String) })]),
    });
    expect((await viewer.get(`/runs/${town.bad.runId}`)).body).toEqual(bad);
    for (const id of ['999999', '0', 'x'])
      expect(await viewer.get(`/runs/${id}`)).toMatchObject({ status: 404, body: { code: 'RUN_UNKNOWN' } });
  });

  test.each([
    ['flagged=1', ['bad']],
    ['flagged=0', ['good']],
    ['kind=undo', []],
    ['kind=-undo&source=town-places', ['bad', 'good']],
    ['verdict=none', ['bad', 'good']],
    ['spider=events', []],
    ['until=2020-01-01', []],
    ['since=1h&limit=1', ['bad', 'good']],
  ] as const)('are found by the words of their page: %s', async (query, found) => {
    const { body } = await viewer.get(`/runs?${query}`);
    expect(rows(body).map(({ id }) => id)).toEqual(found.map((which) => town[which].runId));
  });

  test.each(['nonsense=1', 'kind=party', 'since=yesterday', 'limit=0', 'order=id'])(
    'are not found by %s',
    async (query) => {
      expect((await viewer.get(`/runs?${query}`)).status).toBe(400);
    },
  );
});

describe('log entries', () => {
  test('are found by the words of their page, a page at a time', async () => {
    const seen: unknown[] = [];
    for (let after = ''; ; ) {
      const { status, body, headers } = await viewer.get(
        `/log-entries?run=${town.bad.runId}&limit=7${after}`,
      );
      expect(status).toBe(200);
      seen.push(...rows(body).map(({ id }) => id));
      if (body.next === null) break;
      after = `&after=${String(body.next)}`;
      expect(headers.link).toBe(`</api/v1/log-entries?run=${town.bad.runId}&limit=7${after}>; rel="next"`);
    }
    const expected = await LogEntry.findAll({ where: { runId: town.bad.runId }, order: [['id', 'DESC']] });
    expect(seen).toEqual(expected.map(({ id }) => id));
    expect(seen).toHaveLength(30);
  });

  test('are read without the addresses of people’s machines', async () => {
    const { body: made } = await editor.send(
      'POST',
      '/places',
      { name: 'New' },
      { 'x-correlation-id': 'new-1' },
    );
    const list = await viewer.get('/log-entries?model=Place&correlation=new-1');
    const [entry] = rows(list.body);
    expect(entry).toEqual({
      id: expect.any(String),
      timestamp: expect.stringMatching(/Z$/),
      action: 'create',
      model: 'Place',
      objectId: made.id,
      objectLabel: 'New',
      correlationId: 'new-1',
      runId: null,
      sourceUrl: null,
      extra: null,
      actorId: web.users.editor.id,
      actorEmail: 'editor@example.org',
      changes: expect.objectContaining({ name: [null, 'New'] }),
    });
    expect((await viewer.get(`/log-entries/${String(entry?.id)}`)).body).toEqual(entry);
    for (const id of ['999999', '0', 'x'])
      expect(await viewer.get(`/log-entries/${id}`)).toMatchObject({
        status: 404,
        body: { code: 'CHANGE_UNKNOWN' },
      });
  });

  test.each(['nonsense=1', 'action=party', 'since=yesterday', 'run=x', 'q=%00'])(
    'are not found by %s',
    async (query) => {
      expect((await viewer.get(`/log-entries?${query}`)).status).toBe(400);
    },
  );
});

describe('undo plans', () => {
  test('take a bad run back, by a plan that is made, looked at and carried out', async () => {
    const selection = { filter: { run: town.bad.runId, field: 'name' } };
    for (const client of [viewer, reviewer])
      expect(await client.send('POST', '/undo-plans', selection)).toMatchObject({ status: 403 });
    const made = await editor.send('POST', '/undo-plans', selection);
    expect(made).toMatchObject({
      status: 201,
      body: { state: 'planned', createdByEmail: 'editor@example.org', runId: null },
    });
    const path = `/undo-plans/${String(made.body.id)}`;
    expect(made.headers.location).toBe(`/api/v1${path}`);
    expect((await viewer.get(path)).body).toEqual(made.body);
    const steps = rows((await viewer.get(`${path}/steps`)).body);
    expect(steps[0]).toMatchObject({ position: 1, kind: 'restore', model: 'Place', state: 'pending' });
    expect(rows((await viewer.get(`${path}/steps?after=1`)).body)).toEqual(steps.slice(1));

    const reason = { reason: 'a block page' };
    for (const client of [viewer, reviewer])
      expect(await client.send('POST', `${path}/apply`, reason)).toMatchObject({ status: 403 });
    expect(await editor.send('POST', `${path}/apply`, {})).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/reason' }] },
    });
    const applied = await editor.send('POST', `${path}/apply`, reason, { 'x-correlation-id': 'undo-1' });
    expect(applied).toMatchObject({ status: 200, body: { state: 'applied', id: made.body.id } });
    const run = await viewer.get(`/runs/${String(applied.body.runId)}`);
    expect(run.body).toMatchObject({
      kind: 'undo',
      actorEmail: 'editor@example.org',
      reason: 'a block page',
    });
    const entries = await LogEntry.findAll({ where: { runId: String(applied.body.runId) } });
    expect(entries.length).toBeGreaterThan(20);
    expect(new Set(entries.map(({ actorEmail }) => actorEmail))).toEqual(new Set(['editor@example.org']));
    expect(new Set(entries.map(({ correlationId }) => correlationId))).toEqual(new Set(['undo-1']));
    // Cleo has written it herself meanwhile.
    expect(await Place.count({ where: { name: 'Access denied' } })).toBe(1);
    expect(await editor.send('POST', `${path}/apply`, reason)).toMatchObject({
      status: 409,
      body: { code: 'UNDO_PLAN_DONE' },
    });
  });

  test('that delete what was created are for admins', async () => {
    const { body } = await editor.send(
      'POST',
      '/places',
      { name: 'A mistake' },
      { 'x-correlation-id': 'oops' },
    );
    const made = await editor.send('POST', '/undo-plans', { filter: { correlationId: 'oops' } });
    const path = `/undo-plans/${String(made.body.id)}/apply`;
    expect(await editor.send('POST', path, { reason: 'oops' })).toMatchObject({
      status: 403,
      body: {
        detail: expect.stringContaining('needs the role admin; editor@example.org has the role editor'),
      },
    });
    expect(await Place.findByPk(String(body.id))).not.toBeNull();
    expect((await admin.send('POST', path, { reason: 'oops' })).body).toMatchObject({ state: 'applied' });
    expect(await Place.findByPk(String(body.id))).toBeNull();
  });

  test('that are stale are made anew', async () => {
    const { body } = await editor.send('POST', '/places', { name: 'One' });
    const path = `/places/${String(body.id)}`;
    const change = { name: 'Two', telephone: '+15085550100' };
    await editor.send('PATCH', path, change, { 'x-correlation-id': 'stale' });
    const made = await editor.send('POST', '/undo-plans', { filter: { correlationId: 'stale' } });
    await editor.send('PATCH', path, { name: 'Three' });
    const apply = (id: unknown) => editor.send('POST', `/undo-plans/${String(id)}/apply`, { reason: 'x' });
    const stale = await apply(made.body.id);
    expect(stale).toMatchObject({
      status: 409,
      body: { code: 'UNDO_PLAN_STALE', newPlanId: expect.any(String) },
    });
    expect((await apply(stale.body.newPlanId)).body).toMatchObject({ state: 'applied' });
    expect((await viewer.get(path)).body).toMatchObject({ name: 'Three', telephone: null });
  });

  test.each([
    [{}, 422],
    [{ filter: { nonsense: 1 } }, 422],
    [{ filter: {}, entryIds: ['1'] }, 422],
    [{ entryIds: ['x'] }, 422],
    [{ entryIds: ['1'], fields: ['a\0'] }, 422],
    [{ filter: { contains: '\0' } }, 422],
    [{ filter: { run: '99999999999999999999' } }, 422],
    [{ filter: { correlationId: 'of nothing' } }, 409],
    [{ entryIds: ['999999'] }, 409],
    [[], 422],
  ])('of %j are refused', async (selection, status) => {
    const answer = await editor.send('POST', '/undo-plans', selection);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.any(String)]);
  });

  test('that there are none of are not found', async () => {
    for (const id of ['999999', '0', 'x'])
      for (const path of [`/undo-plans/${id}`, `/undo-plans/${id}/steps`])
        expect(await viewer.get(path)).toMatchObject({ status: 404, body: { code: 'UNDO_PLAN_UNKNOWN' } });
    expect(await editor.send('POST', '/undo-plans/999999/apply', { reason: 'x' })).toMatchObject({
      status: 404,
    });
  });
});

test('is for those who are signed in', async () => {
  for (const path of [
    '/runs',
    '/runs/1',
    '/log-entries',
    '/log-entries/1',
    '/undo-plans/1',
    '/undo-plans/1/steps',
  ])
    expect(await nobody.get(path)).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
});
