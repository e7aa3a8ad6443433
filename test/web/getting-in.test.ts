import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changeAccess, changePassword } from '../../src/accounts/users.ts';
import { withSystemActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import { bindModels } from '../../src/models.ts';
import { hasRole, type Role, User } from '../../src/records/user.ts';
import { sameSitePath } from '../../src/web/redirect.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { allRoles, password, startTestWeb, type TestWeb, type Visitor } from '../helpers/web-server.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let web: TestWeb;
let signedIn: Record<Role, Visitor>;

beforeAll(async () => {
  await bindModels(database);
  web = await startTestWeb(database);
  signedIn = {
    viewer: await web.as('viewer'),
    reviewer: await web.as('reviewer'),
    editor: await web.as('editor'),
    admin: await web.as('admin'),
  };
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const concrete = (url: string) => url.replace(':model', 'Place').replaceAll(/:\w+/g, '999');
/** Pages and their forms; the API has other manners, see `api/getting-in.test.ts`. */
const pages = () => web.app.routeAccess.filter(({ url }) => !url.startsWith('/api/'));
const guarded = () => pages().filter(({ access }) => access !== 'public');
const reading = () => guarded().filter(({ method }) => method === 'GET');
const writing = () => pages().filter(({ method }) => method === 'POST');

describe('without signing in', () => {
  test('leads from every page to the sign-in and back again afterwards', async () => {
    expect(reading().length).toBeGreaterThan(10);
    for (const { url } of reading()) {
      const answer = await web.visitor().get(concrete(url));
      expect([url, answer.statusCode]).toEqual([url, 303]);
      expect(answer.headers.location).toBe(`/sign-in?next=${encodeURIComponent(concrete(url))}`);
    }
  });

  test('takes no form of any page, with a CSRF token of its own session or without', async () => {
    for (const { url, access } of writing()) {
      const visitor = web.visitor();
      const token = await visitor.token('/sign-in');
      const bare = await visitor.postAs(concrete(url), null);
      expect([url, bare.statusCode]).toEqual([url, access === 'public' ? 403 : 303]);
      if (access === 'public') continue;
      for (const answer of [bare, await visitor.postAs(concrete(url), token)])
        expect([url, answer.statusCode, answer.headers.location]).toEqual([url, 303, '/sign-in']);
    }
  });

  test.each(['', 'hotspots_session=', 'hotspots_session=abc.def', 'hotspots_session=%00', 'other=1'])(
    'takes the cookie %j for none',
    async (cookie) => {
      const visitor = web.visitor();
      visitor.cookie = cookie;
      expect((await visitor.get('/review')).statusCode).toBe(303);
    },
  );

  test('takes a session id that the server did not sign for none', async () => {
    const visitor = web.visitor();
    const [name, value = ''] = signedIn.admin.cookie.split('=');
    visitor.cookie = `${name}=${value.slice(0, -3)}abc`;
    expect((await visitor.get('/review')).statusCode).toBe(303);
  });
});

describe('with a role', () => {
  test('refuses every page and form that needs a higher one', async () => {
    for (const { method, url, access } of guarded()) {
      if (method === 'HEAD' || access === 'public') continue;
      for (const role of allRoles) {
        const visitor = signedIn[role];
        const answer =
          method === 'GET' ? await visitor.get(concrete(url)) : await visitor.post(concrete(url));
        const isRefused = answer.statusCode === 403;
        expect([method, url, role, isRefused]).toEqual([method, url, role, !hasRole({ role }, access)]);
        if (isRefused) expect(answer.body).toContain(`needs the role ${access}`);
      }
    }
  });

  test('refuses every form without a CSRF token, with another one, or with that of somebody else', async () => {
    const token = await signedIn.admin.token();
    expect(writing().length).toBeGreaterThan(8);
    for (const { url } of writing()) {
      for (const wrong of [null, '', 'x', `${token}x`, await signedIn.editor.token()]) {
        const answer = await signedIn.admin.postAs(concrete(url), wrong);
        expect([url, wrong, answer.statusCode]).toEqual([url, wrong, 403]);
      }
    }
  });

  test('never answers a request of any kind with an error of the server', async () => {
    for (const { method, url } of pages()) {
      if (url === '/sign-out') continue;
      for (const part of ['999999999999999999999', '%00', '..%2f', "'", '-1']) {
        const address = url.replaceAll(/:\w+/g, part);
        const answer =
          method === 'POST' ? await signedIn.admin.post(address) : await signedIn.admin.get(address);
        expect([address, answer.statusCode < 500]).toEqual([address, true]);
      }
    }
  });
});

describe('a session', () => {
  test('ends when its time is over', async () => {
    const visitor = await web.as('viewer');
    await sequelize.query("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1", {
      bind: [web.users.viewer.id],
    });
    expect((await visitor.get('/review')).statusCode).toBe(303);
    signedIn.viewer = await web.as('viewer');
  });

  test('gets a new id at the sign-in, and the old one lets nobody in', async () => {
    const visitor = web.visitor();
    await visitor.get('/sign-in');
    const planted = visitor.cookie;
    await visitor.signIn('viewer@example.org');
    expect(visitor.cookie).not.toBe(planted);
    const thief = web.visitor();
    thief.cookie = planted;
    expect((await thief.get('/review')).statusCode).toBe(303);
  });

  test('is over after signing out', async () => {
    const visitor = await web.as('viewer');
    const kept = visitor.cookie;
    await visitor.post('/sign-out');
    visitor.cookie = kept;
    expect((await visitor.get('/review')).statusCode).toBe(303);
  });

  test('ends everywhere else when the password is changed, by oneself or from outside', async () => {
    const [here, there] = [await web.as('reviewer'), await web.as('reviewer')];
    const next = 'another battery staple';
    const answer = await here.post('/account/password', { present: password, password: next });
    expect(answer.statusCode).toBe(303);
    expect((await here.get('/review')).statusCode).toBe(200);
    expect((await there.get('/review')).statusCode).toBe(303);
    await withSystemActor(() => changePassword(sequelize, 'reviewer@example.org', password));
    expect((await here.get('/review')).statusCode).toBe(303);
    signedIn.reviewer = await web.as('reviewer');
  });

  test('ends with the deactivation of its user, who cannot sign in again until activated', async () => {
    const visitor = await web.as('editor');
    await withSystemActor(() => changeAccess(sequelize, 'editor@example.org', { isActive: false }));
    expect((await visitor.get('/review')).statusCode).toBe(303);
    await expect(web.as('editor')).rejects.toThrow('401');
    await withSystemActor(() => changeAccess(sequelize, 'editor@example.org', { isActive: true }));
    expect((await visitor.get('/review')).statusCode).toBe(303);
    signedIn.editor = await web.as('editor');
  });

  test('has the role that its user has now', async () => {
    const visitor = await web.as('editor');
    await withSystemActor(() => changeAccess(sequelize, 'editor@example.org', { role: 'viewer' }));
    expect((await visitor.post('/review/plans')).statusCode).toBe(403);
    await withSystemActor(() => changeAccess(sequelize, 'editor@example.org', { role: 'editor' }));
  });

  test('is stored without what would let its reader in', async () => {
    const [row] = await sequelize.query('SELECT string_agg(sessions::text, $$ $$) AS stored FROM sessions');
    const id = decodeURIComponent(signedIn.admin.cookie.split('=')[1] ?? '').split('.')[0] ?? '';
    expect(id.length).toBeGreaterThan(20);
    expect(JSON.stringify(row)).not.toContain(id);
  });

  test('is kept in a cookie that scripts cannot read and other sites do not send', async () => {
    const answer = await web.app.inject('/sign-in');
    expect(String(answer.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/i);
  });
});

describe('guessing passwords', () => {
  const attempt = async (email: string, secret: string) =>
    (await web.visitor().post('/sign-in', { email, password: secret }, '/sign-in')).body;
  const shownProblem = (body: string) => /role="alert">([^<]+)</.exec(body)?.[1];

  test('gets the same answer for a wrong password and for an address that nobody has', async () => {
    const known = shownProblem(await attempt('viewer@example.org', 'wrong password!'));
    expect(known).toBe('Wrong e-mail address or password.');
    expect(shownProblem(await attempt('nobody@example.org', 'wrong password!'))).toBe(known);
  });

  test.each(['viewer@example.org', 'stranger@example.org'])('locks %s after five failures', async (email) => {
    await sequelize.query('DELETE FROM sign_in_failures');
    for (let n = 0; n < 5; n += 1) await attempt(email, `guess number ${n}`);
    expect(shownProblem(await attempt(email, password))).toMatch(/Too many failed attempts.*1 min/);
    await sequelize.query("UPDATE sign_in_failures SET locked_until = now() - interval '1 second'");
    const after = await web.visitor().post('/sign-in', { email, password }, '/sign-in');
    expect(after.statusCode).toBe(email.startsWith('viewer') ? 303 : 401);
  });

  test('is slowed down by address as well', async () => {
    await sequelize.query('DELETE FROM sign_in_failures');
    const codes = new Set<number>();
    for (let n = 0; n < 40; n += 1)
      codes.add(
        (await web.visitor('192.0.2.1').post('/sign-in', { email: `a${n}@example.org` }, '/sign-in'))
          .statusCode,
      );
    expect([...codes].sort()).toEqual([401, 429]);
  });
});

describe('the automated actors', () => {
  test.each(['scraper@vibemap.com', 'system@vibemap.com'])(
    '%s cannot be let in by any way',
    async (email) => {
      await withSystemActor(() => User.update({ username: `${email} ` }, { where: { email } }));
      for (const change of [{ role: 'admin' }, { isActive: true }] as const)
        await expect(changeAccess(sequelize, email, change)).rejects.toMatchObject({
          code: 'USER_AUTOMATED',
        });
      await expect(changePassword(sequelize, email, password)).rejects.toMatchObject({
        code: 'USER_AUTOMATED',
      });
      const answer = await signedIn.admin.post('/users', { email, role: 'admin', password });
      expect(answer.statusCode).toBe(409);
    },
  );
});

describe('the last admin', () => {
  test('can neither be deactivated nor lose the role', async () => {
    for (const change of [{ role: 'viewer' }, { isActive: false }] as const)
      await expect(
        withSystemActor(() => changeAccess(sequelize, 'admin@example.org', change)),
      ).rejects.toMatchObject({ code: 'LAST_ADMIN' });
  });
});

describe('where a form leads to', () => {
  test.each([
    ['//evil.example/', '/review'],
    ['/\\evil.example/', '/review'],
    ['https://evil.example/', '/review'],
    ['javascript:alert(1)', '/review'],
    ['/review\r\nSet-Cookie: a=b', '/review'],
    ['/%2f/evil.example', '/%2f/evil.example'],
    ['/.//evil.example', '/review'],
    ['/review/../..//evil.example', '/review'],
    ['/review?run=2#run-1', '/review?run=2#run-1'],
    ['', '/review'],
    [null, '/review'],
  ])('takes %j as %s', (given, expected) => {
    expect(sameSitePath(given, '/review')).toBe(expected);
  });

  test('is never another site, whatever was sent', async () => {
    for (const back of ['//evil.example', 'https://evil.example', '/\t/evil.example', '/a\nb']) {
      const answer = await signedIn.admin.post('/users/role', {
        email: 'viewer@example.org',
        role: 'viewer',
        back,
      });
      expect(answer.headers.location).toMatch(/^\/(?!\/)[!-~]*$/);
    }
    const visitor = web.visitor();
    const body = (await visitor.get('/sign-in?next=//evil.example')).body;
    expect(body).toContain('name="next" value="/review"');
  });
});

describe('every answer', () => {
  test('forbids scripts and styles that are not the server’s own, frames and guesses of types', async () => {
    for (const url of ['/sign-in', '/nowhere', '/assets/hotspots.css']) {
      const { headers } = await web.app.inject(url);
      expect(headers['content-security-policy']).toContain("default-src 'none';script-src 'self'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['x-frame-options']).toBe('SAMEORIGIN');
    }
  });

  test('keeps pages out of caches', async () => {
    expect((await signedIn.viewer.get('/review')).headers['cache-control']).toBe('no-store');
  });
});

describe('what is written', () => {
  test('is recorded as written by who is signed in, with the request and the address', async () => {
    const answer = await signedIn.admin.post('/users/role', {
      email: 'viewer@example.org',
      role: 'reviewer',
    });
    await signedIn.admin.post('/users/role', { email: 'viewer@example.org', role: 'viewer' });
    const [, entry] = await LogEntry.findAll({
      where: { actorEmail: 'admin@example.org' },
      order: [['id', 'DESC']],
    });
    expect(entry).toMatchObject({
      changes: { role: ['viewer', 'reviewer'] },
      correlationId: answer.headers['x-correlation-id'],
      remoteAddress: signedIn.admin.address,
    });
  });
});
