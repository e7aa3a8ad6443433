import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { bindModels } from '../../../src/models.ts';
import type { Role } from '../../../src/records/user.ts';
import { hasRole } from '../../../src/records/user.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { allRoles, startTestWeb, type TestWeb, type Visitor } from '../../helpers/web-server.ts';

const database = await createTestDatabase();
let web: TestWeb;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Every route of the API that is not for everybody, on records that there are none of. */
const guarded = () =>
  web.app.routeAccess.flatMap(({ method: name, url, access }) => {
    const method = methods.find((each) => each === name);
    if (!url.startsWith('/api/') || access === 'public' || method === undefined) return [];
    return [{ method, url: url.replaceAll(/:\w+/g, '999999'), access }];
  });
const writing = () => guarded().filter(({ method }) => method !== 'GET');

type Route = ReturnType<typeof guarded>[number];

/** Sends a request as a browser does that is signed in, or as one that is not. */
async function send({ method, url }: Route, visitor: Visitor | null, csrf: string | null = null) {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  return await web.app.inject({
    method,
    url,
    ...(hasBody && { payload: '{}' }),
    headers: {
      ...(visitor !== null && { cookie: visitor.cookie }),
      ...(csrf !== null && { 'x-csrf-token': csrf }),
      ...(hasBody && { 'content-type': 'application/json' }),
    },
  });
}

test('answers 401 to who is not signed in, and leads nowhere', async () => {
  expect(guarded().length).toBeGreaterThan(20);
  for (const route of guarded()) {
    const answer = await send(route, null);
    expect([route, answer.statusCode]).toEqual([route, 401]);
    expect([route, answer.headers.location]).toEqual([route, undefined]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  }
});

test('refuses every request that needs a higher role', async () => {
  const visitors: [Role, Visitor, string][] = [];
  for (const role of allRoles) {
    const visitor = await web.as(role);
    visitors.push([role, visitor, await visitor.token()]);
  }
  for (const route of guarded()) {
    for (const [role, visitor, csrf] of visitors) {
      const answer = await send(route, visitor, csrf);
      const isRefused = answer.statusCode === 403;
      expect([route, role, isRefused]).toEqual([route, role, !hasRole({ role }, route.access)]);
      if (isRefused) expect(answer.body).toContain(`needs the role ${route.access}`);
    }
  }
});

test('takes nothing from a browser that does not send the CSRF token of its session', async () => {
  const [admin, editor] = [await web.as('admin'), await web.as('editor')];
  const before = await LogEntry.count();
  for (const route of writing()) {
    for (const wrong of [null, '', 'x', await editor.token()]) {
      const answer = await send(route, admin, wrong);
      expect([route, wrong, answer.statusCode]).toEqual([route, wrong, 403]);
    }
  }
  expect(await LogEntry.count()).toBe(before);
});
