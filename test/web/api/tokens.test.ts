import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createApiToken,
  listApiTokens,
  revokeApiToken,
  type TokenScope,
  tokenScopes,
} from '../../../src/accounts/api-tokens.ts';
import { withSystemActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { ApiClient } from './api-client.ts';

let database: Database;
let web: TestWeb;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  web = await startTestWeb(database);
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

async function makeToken(scopes: readonly TokenScope[] = ['read', 'write'], email = 'editor@example.org') {
  const token = await createApiToken(database.sequelize, { email, name: 'test', scopes, days: 1 });
  return { ...token, client: new ApiClient(web.app, token.secret) };
}

const update = (sql: string, id: string) => database.sequelize.query(sql, { bind: [id] });

const unauthenticated = {
  status: 401,
  headers: {
    'www-authenticate': 'Bearer realm="hotspots"',
    'content-type': 'application/problem+json; charset=utf-8',
  },
  body: { code: 'UNAUTHENTICATED' },
};

describe('a token', () => {
  test('is its user’s: what is written by it has that author', async () => {
    const { client } = await makeToken();
    const { body } = await client.send('POST', '/places', { name: 'By token' });
    const entry = await LogEntry.findOne({
      where: { model: 'Place', objectId: String(body.id) },
      rejectOnEmpty: true,
    });
    expect(entry).toMatchObject({ actorId: web.users.editor.id, actorEmail: 'editor@example.org' });
  });

  test('has a secret that is nowhere kept, and notes when it was used', async () => {
    const { id, secret, client } = await makeToken();
    expect(secret).toMatch(/^hs_[\w-]{43}$/);
    const read = async () => (await listApiTokens(database.sequelize)).find((token) => token.id === id);
    expect(await read()).toMatchObject({ email: 'editor@example.org', lastUsedAt: null, revokedAt: null });
    await client.get('/runs');
    const used = (await read())?.lastUsedAt;
    expect(used).toBeInstanceOf(Date);
    await client.get('/runs');
    // To the minute: not every read is a write.
    expect((await read())?.lastUsedAt).toEqual(used);
    const rows = await database.sequelize.query('SELECT row_to_json(t) FROM api_tokens t', {
      type: QueryTypes.SELECT,
    });
    expect(JSON.stringify(rows)).not.toContain(secret.slice(3, 20));
  });

  test.each([
    ['Bearer hs_nonsense'],
    ['Bearer nonsense'],
    ['Bearer'],
    ['Bearer hs_a b'],
    ['Basic aHM6aHM='],
    ['hs_nonsense'],
    [`Bearer hs_${'a'.repeat(8000)}`],
    [''],
  ])('is refused when it is none: %s', async (authorization) => {
    // On a public route too: whoever sends a token wants to be somebody.
    const client = new ApiClient(web.app, null);
    expect(await client.get('/places', { authorization })).toMatchObject(unauthenticated);
    expect(await client.send('POST', '/places', { name: 'a' }, { authorization })).toMatchObject(
      unauthenticated,
    );
  });

  test.each([
    ['has expired', "UPDATE api_tokens SET expires_at = now() - interval '1 second' WHERE id = $1"],
    ['was revoked', 'UPDATE api_tokens SET revoked_at = now() WHERE id = $1'],
    ['is another', 'UPDATE api_tokens SET token_hash = sha256(token_hash) WHERE id = $1'],
    ['is gone', 'DELETE FROM api_tokens WHERE id = $1'],
  ])('is refused from the moment on at which it %s', async (_what, sql) => {
    const { id, client } = await makeToken();
    expect((await client.get('/runs')).status).toBe(200);
    await update(sql, id);
    expect(await client.get('/runs')).toMatchObject(unauthenticated);
  });

  test('stays revoked since it first was', async () => {
    const { id } = await makeToken();
    await revokeApiToken(database.sequelize, id);
    const [first] = (await listApiTokens(database.sequelize)).filter((token) => token.id === id);
    await revokeApiToken(database.sequelize, id);
    expect(await listApiTokens(database.sequelize)).toContainEqual(first);
    await expect(revokeApiToken(database.sequelize, '999999')).rejects.toMatchObject({
      code: 'TOKEN_UNKNOWN',
    });
  });

  test('may do what its user’s role may now, and nothing once the user is deactivated', async () => {
    const { client } = await makeToken(['admin'], 'reviewer@example.org');
    const make = () => client.send('POST', '/places', { name: 'a' });
    const { reviewer } = web.users;
    expect(await make()).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', detail: expect.stringContaining('has the role reviewer') },
    });
    await withSystemActor(() => reviewer.update({ role: 'editor' }));
    expect((await make()).status).toBe(201);
    await withSystemActor(() => reviewer.update({ role: 'viewer' }));
    expect((await make()).status).toBe(403);
    await withSystemActor(() => reviewer.update({ isActive: false }));
    expect(await make()).toMatchObject(unauthenticated);
    expect(await client.get('/places')).toMatchObject(unauthenticated);
    await expect(makeToken(['read'], 'reviewer@example.org')).rejects.toMatchObject({
      code: 'USER_INACTIVE',
    });
  });

  test('is made for no automated user, nor for one that there is not', async () => {
    for (const [email, code] of [
      ['system@vibemap.com', 'USER_AUTOMATED'],
      ['Scraper@vibemap.com', 'USER_AUTOMATED'],
      ['nobody@example.org', 'USER_UNKNOWN'],
    ] as const)
      await expect(makeToken(['read'], email)).rejects.toMatchObject({ code });
  });
});

describe('the scopes of a token', () => {
  /** One request for each scope that is needed. */
  const requests: Record<
    Exclude<TokenScope, 'admin'>,
    (client: ApiClient) => Promise<{ status: number; body: object }>
  > = {
    read: (client) => client.get('/runs'),
    write: (client) => client.send('POST', '/places', {}),
    review: (client) => client.send('POST', '/undo-plans', {}),
  };
  const needed = ['read', 'write', 'review'] as const;
  const cases = tokenScopes.flatMap((scope) => needed.map((need) => [scope, need] as const));

  test.each(cases)('%s, where %s is needed', async (scope, need) => {
    const { client } = await makeToken([scope], 'admin@example.org');
    const { status, body } = await requests[need](client);
    const mayDo = scope === need || scope === 'admin';
    if (mayDo) expect([200, 422]).toContain(status);
    else
      expect({ status, body }).toMatchObject({
        status: 403,
        body: { code: 'FORBIDDEN', detail: expect.stringContaining(`needs the scope ${need};`) },
      });
  });

  test('do not matter for what everybody may read', async () => {
    const { client } = await makeToken(['review']);
    expect((await client.get('/places')).status).toBe(200);
  });
});

describe('the session of the pages', () => {
  test('is good for the API as well, with the CSRF token as a header for what writes', async () => {
    const visitor = await web.as('editor');
    expect((await visitor.get('/api/v1/runs')).statusCode).toBe(200);
    const send = (headers: Record<string, string>) =>
      web.app.inject({
        method: 'POST',
        url: '/api/v1/places',
        payload: '{"name":"By session"}',
        headers: { cookie: visitor.cookie, 'content-type': 'application/json', ...headers },
      });
    for (const headers of [{}, { 'x-csrf-token': 'nonsense' }]) {
      const refused = await send(headers);
      expect(refused.statusCode).toBe(403);
      expect(refused.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    }
    const token = await visitor.token();
    const made = await send({ 'x-csrf-token': token });
    expect(made.statusCode).toBe(201);
    const entry = await LogEntry.findOne({
      where: { model: 'Place', objectId: String(made.json().id) },
      rejectOnEmpty: true,
    });
    expect(entry.actorEmail).toBe('editor@example.org');
  });

  test('does not count beside a token, be it good or bad', async () => {
    const visitor = await web.as('admin');
    const { secret } = await makeToken(['read'], 'viewer@example.org');
    const send = (authorization: string, url = '/api/v1/runs', method: 'GET' | 'DELETE' = 'GET') =>
      web.app.inject({ method, url, headers: { cookie: visitor.cookie, authorization } });
    expect((await send('Bearer hs_nonsense')).statusCode).toBe(401);
    expect((await send(`Bearer ${secret}`)).statusCode).toBe(200);
    expect((await send(`Bearer ${secret}`, '/api/v1/places/1', 'DELETE')).statusCode).toBe(403);
    // A token is for the API: pages ask who is signed in.
    expect(
      (await web.app.inject({ url: '/account', headers: { authorization: `Bearer ${secret}` } })).statusCode,
    ).toBe(303);
  });
});
