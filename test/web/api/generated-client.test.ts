import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createApiToken } from '../../../src/accounts/api-tokens.ts';
import { bindModels } from '../../../src/models.ts';
import { resources } from '../../../src/web/api/resources.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { DocumentClient } from './document-client.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let web: TestWeb;
let client: DocumentClient;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  const origin = await web.app.listen({ host: '127.0.0.1', port: 0 });
  const { secret } = await createApiToken(sequelize, {
    email: 'admin@example.org',
    name: 'generated',
    scopes: ['read', 'write', 'review'],
    days: 1,
  });
  client = await DocumentClient.read(new URL('/api/v1/openapi.json', origin), secret);
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

describe('a client that is made from the document alone', () => {
  test.each(resources.map(({ path }) => path))(
    'makes, reads, changes, replaces and deletes one of %s',
    async (path) => {
      const body = await client.body(`create-${path}`, 'required');
      const headers = { 'idempotency-key': path };
      const made = await client.call(`create-${path}`, { body, headers });
      expect(made).toMatchObject({ status: 201, body });
      const again = await client.call(`create-${path}`, { body, headers });
      expect(again).toMatchObject({ status: 201, body: made.body });
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      const id = String(made.body.id);
      expect(made.headers.get('location')).toBe(`/api/v1/${path}/${id}`);

      const read = await client.call(`read-${path}`, { id });
      expect(read).toMatchObject({ status: 200, body: made.body });
      const tag = read.headers.get('etag') ?? '';
      expect(await client.call(`read-${path}`, { id, headers: { 'if-none-match': tag } })).toMatchObject({
        status: 304,
      });
      expect((await client.call(`list-${path}`, { query: { order: '-id', limit: '1' } })).body.data).toEqual([
        made.body,
      ]);

      const whole = await client.body(`replace-${path}`, 'all');
      const replaced = await client.call(`replace-${path}`, {
        id,
        body: whole,
        headers: { 'if-match': tag },
      });
      expect(replaced).toMatchObject({ status: 200, body: whole });
      expect(Object.keys(replaced.body)).toEqual(expect.arrayContaining(Object.keys(whole)));
      const late = await client.call(`replace-${path}`, { id, body: whole, headers: { 'if-match': tag } });
      expect(late).toMatchObject({ status: 412, body: { code: 'PRECONDITION_FAILED' } });
      const changed = await client.call(`change-${path}`, {
        id,
        mediaType: 'application/merge-patch+json',
        body: await client.body(`change-${path}`, 'all'),
      });
      expect(changed).toMatchObject({ status: 200 });

      expect(await client.call(`delete-${path}`, { id })).toMatchObject({ status: 204, body: {} });
      expect(await client.call(`read-${path}`, { id })).toMatchObject({ status: 404 });
    },
  );

  test('closes, merges and cancels', async () => {
    const make = async (path: string) => String((await client.call(`create-${path}`)).body.id);
    const [place, twin, event] = [await make('places'), await make('places'), await make('events')];
    const merged = await client.call('merge-places', { id: place, body: { duplicateIds: [twin] } });
    expect(merged).toMatchObject({ status: 200, body: { id: place } });
    expect((await client.call('read-places', { id: twin })).body).toMatchObject({ duplicateOfId: place });
    const reason = await client.body('close-places', 'all');
    expect(await client.call('close-places', { id: place, body: reason })).toMatchObject({
      status: 200,
      body: { isClosed: true },
    });
    expect(await client.call('cancel-events', { id: event })).toMatchObject({
      status: 200,
      body: { status: 'EventCancelled' },
    });
  });

  test('finds what it wrote in the log and takes it back', async () => {
    const made = await client.call('create-places');
    const correlationId = made.headers.get('x-correlation-id') ?? '';
    const { body } = await client.call('list-log-entries', { query: { correlation: correlationId } });
    const entryIds = listed(body).map(({ id }) => String(id));
    expect(entryIds).toHaveLength(1);
    expect(await client.call('read-log-entries', { id: entryIds[0] ?? '' })).toMatchObject({
      status: 200,
      body: { action: 'create', correlationId, objectId: made.body.id },
    });
    const plan = await client.call('create-undo-plans', { body: { entryIds } });
    expect(plan).toMatchObject({ status: 201, body: { state: 'planned' } });
    const id = String(plan.body.id);
    expect(await client.call('read-undo-plans', { id })).toMatchObject({ status: 200, body: plan.body });
    expect(listed((await client.call('steps-undo-plans', { id })).body)).toHaveLength(1);
    const done = await client.call('apply-undo-plans', { id });
    expect(done).toMatchObject({ status: 200, body: { state: 'applied' } });
    expect(await client.call('read-places', { id: String(made.body.id) })).toMatchObject({ status: 404 });
    const run = String(done.body.runId);
    expect(await client.call('read-runs', { id: run })).toMatchObject({
      status: 200,
      body: { kind: 'undo' },
    });
    expect(listed((await client.call('list-runs')).body).map((each) => each.id)).toContain(run);
  });
});

describe('the document', () => {
  test('has every operation of the API under a name of its own, and says who may use each', async () => {
    const { operations } = client.document;
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const routes = web.app.routeAccess.filter(
      ({ method, url }) =>
        url.startsWith('/api/v1/') && method !== 'HEAD' && !/(?:openapi\.json$|docs)/.test(url),
    );
    expect(operations.map(({ method, path }) => `${method} /api/v1${path}`).toSorted()).toEqual(
      routes.map(({ method, url }) => `${method} ${url.replace(':id', '{id}')}`).toSorted(),
    );
    for (const { method, url, access } of routes) {
      const found = operations.find(
        (each) => each.method === method && `/api/v1${each.path}` === url.replace(':id', '{id}'),
      );
      const isOpen = found?.security.length === 0;
      expect([url, method, isOpen]).toEqual([url, method, access === 'public']);
    }
  });
});

function listed({ data }: JsonSchema): readonly JsonSchema[] {
  return z.array(jsonSchema).parse(data);
}
