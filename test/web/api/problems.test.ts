import { request as httpRequest } from 'node:http';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { type ApiAnswer, ApiClient } from './api-client.ts';

let database: Database;
let web: TestWeb;
let nobody: ApiClient;
let editor: ApiClient;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  web = await startTestWeb(database);
  nobody = new ApiClient(web.app, null);
  editor = await ApiClient.as(web.app, database.sequelize, 'editor');
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

/** What is true of all problem details (RFC 9457). */
function expectProblem(
  { status, headers, body }: ApiAnswer,
  expected: { status: number; code: string },
): void {
  expect({ status, code: body.code }).toEqual(expected);
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-correlation-id']).toEqual(expect.any(String));
  expect(body).toMatchObject({
    type: `urn:hotspots:problem:${expected.code.toLowerCase()}`,
    status,
    title: expect.stringMatching(/\w/),
    detail: expect.stringMatching(/\w/),
  });
}

describe('a request that cannot be read', () => {
  test.each([
    ['{"name":', 'broken'],
    ['', 'empty'],
    ['{"name":"a","__proto__":{"isClosed":true}}', 'of another prototype'],
    ['{"name":"a","constructor":{"prototype":{"isClosed":true}}}', 'of another constructor'],
  ])('is refused with 400: %s is %s', async (body) => {
    const answer = await editor.send('POST', '/places', body);
    expect(answer.status).toBe(400);
    expectProblem(answer, { status: 400, code: String(answer.body.code) });
  });

  test.each(['null', '[]', '7', '"name"'])('is refused with 422 when it is no object: %s', async (body) => {
    expectProblem(await editor.send('POST', '/places', body), { status: 422, code: 'INPUT_INVALID' });
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('is refused with 415 as %s', async (type) => {
    const answer = await editor.send('POST', '/places', '{"name":"a"}', { 'content-type': type });
    expectProblem(answer, { status: 415, code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE' });
  });

  test('is refused with 413 when it is too large', async () => {
    const answer = await editor.send('POST', '/places', { name: 'a', description: 'b'.repeat(300_000) });
    expectProblem(answer, { status: 413, code: 'FST_ERR_CTP_BODY_TOO_LARGE' });
  });

  test('leaves nothing behind', async () => {
    expect(await LogEntry.count({ where: { model: 'Place' } })).toBe(0);
  });
});

describe('an address that the API does not have', () => {
  test.each(['/nothing', '/places/1/nothing', '/places/1/2/3', '/openapi.json/x'])(
    'is not found: %s',
    async (path) => {
      for (const method of ['GET', 'POST', 'DELETE'] as const)
        expectProblem(await nobody.send(method, path), { status: 404, code: 'RECORD_UNKNOWN' });
    },
  );

  test.each([
    '/places/0',
    '/places/-1',
    '/places/1e3',
    '/places/x',
    '/places/99999999999999999999',
    '/events/1',
  ])('is not found: the record %s', async (path) => {
    expectProblem(await nobody.get(path), { status: 404, code: 'RECORD_UNKNOWN' });
  });

  test.each([
    ['DELETE', '/places', 'GET, HEAD, POST'],
    ['POST', '/places/1', 'DELETE, GET, HEAD, PATCH, PUT'],
    ['GET', '/places/1/close', 'POST'],
    ['PATCH', '/runs/1?x=1', 'GET, HEAD'],
    ['OPTIONS', '/events/1/cancel', 'POST'],
    ['DELETE', '/openapi.json', 'GET, HEAD'],
  ] as const)('is told which methods it has: %s %s', async (method, path, allow) => {
    const answer = await editor.send(method, path);
    expectProblem(answer, { status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.allow).toBe(allow);
  });

  test('says nothing of where it may be used from: other sites’ scripts may not', async () => {
    const { headers } = await nobody.get('/places', { origin: 'https://elsewhere.example.org' });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('HEAD', () => {
  test('has the status and headers of GET', async () => {
    expect(await nobody.send('HEAD', '/places')).toMatchObject({ status: 200, body: { text: '' } });
    expect((await nobody.send('HEAD', '/places?nonsense=1')).status).toBe(400);
    expect((await nobody.send('HEAD', '/places/1')).status).toBe(404);
  });
});

describe('X-Correlation-Id', () => {
  test('is taken from who sends one, and found in the log', async () => {
    const id = `order:${'x'.repeat(194)}`;
    const answer = await editor.send('POST', '/places', { name: 'A' }, { 'x-correlation-id': id });
    expect(answer.headers['x-correlation-id']).toBe(id);
    const found = await editor.get(`/log-entries?correlation=${id}`);
    expect(found.body.data).toMatchObject([{ model: 'Place', objectId: answer.body.id, correlationId: id }]);
  });

  test.each(['', 'two words', 'é', 'x'.repeat(201), 'a\tb'])(
    'is made when it is no sane one: %j',
    async (id) => {
      const { headers } = await nobody.get('/places', { 'x-correlation-id': id });
      expect(headers['x-correlation-id']).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
    },
  );

  test('is another for each request that has none', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => (await nobody.get('/places')).headers));
    expect(new Set(ids.map((headers) => headers['x-correlation-id'])).size).toBe(3);
  });
});

describe('too many requests', () => {
  const send = (address: string, headers: Record<string, string> = {}, url = '/api/v1/places/0') =>
    web.app.inject({ url, remoteAddress: address, headers } satisfies InjectOptions);

  test('are refused for a minute, by address, whether with tokens that are none or without', async () => {
    const bad = { authorization: 'Bearer hs_nonsense' };
    const first = await send('10.9.9.9');
    expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '600', 'x-ratelimit-remaining': '599' });
    for (let sent = 1; sent < 600; sent += 3)
      await Promise.all([send('10.9.9.9'), send('10.9.9.9', {}, '/api/v1/nothing'), send('10.9.9.9', bad)]);
    for (const headers of [{}, bad]) {
      const answer = await send('10.9.9.9', headers);
      expect(answer.headers['retry-after']).toMatch(/^[1-6]?\d$/);
      expectProblem(
        { status: answer.statusCode, headers: answer.headers, body: answer.json() },
        { status: 429, code: 'TOO_MANY_REQUESTS' },
      );
    }
    expect((await send('10.9.9.8')).statusCode).toBe(404);
    expect((await editor.get('/places/0')).status).toBe(404);
  });
});

test('is answered over a network, with a body of no length given beforehand', async () => {
  const address = new URL(await web.app.listen({ port: 0, host: '127.0.0.1' }));
  const status = await new Promise((resolve, reject) => {
    const sent = httpRequest({
      port: address.port,
      host: address.hostname,
      method: 'POST',
      path: '/api/v1/places',
      headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' },
    });
    sent.once('response', (response) => resolve(response.resume().statusCode)).once('error', reject);
    sent.write('{"name":');
    sent.end('"A"}');
  });
  expect(status).toBe(401);
});
