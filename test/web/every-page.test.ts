import { connect } from 'node:net';
import { type CheerioAPI, load } from 'cheerio';
import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planUndo } from '../../src/audit/undo/plan-undo.ts';
import { bindModels } from '../../src/models.ts';
import { type BadRun, makeBadRun } from '../helpers/bad-run.ts';
import { oneOfEach } from '../helpers/one-of-each.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { startTestWeb, type TestWeb, type Visitor } from '../helpers/web-server.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let town: BadRun;
let web: TestWeb;
let admin: Visitor;
let origin: URL;
/** An id for each parameter of an address, by the part before it. */
let ids: Record<string, string>;

beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 30, denied: 25 });
  web = await startTestWeb(database);
  admin = await web.as('admin');
  origin = new URL(await web.app.listen({ host: '127.0.0.1', port: 0 }));
  const by = { id: null, email: 'admin@example.org' };
  const plan = await planUndo(sequelize, { filter: { run: town.bad.runId } }, by);
  const [change] = await sequelize.query<{ id: string }>('SELECT max(id)::text AS id FROM log_entries', {
    type: QueryTypes.SELECT,
  });
  const [place = ''] = town.keptNames.keys();
  ids = {
    ...(await oneOfEach(web.users.admin, 'Old Mill')),
    runs: town.bad.runId,
    changes: change?.id ?? '',
    plans: plan.id,
    Place: place,
  };
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await town[Symbol.asyncDispose]();
  await database.close();
});

/** What answers programs, files, and the address that only leads on. */
const noPages = /^\/(?:assets|metrics$|healthz$|readyz$|api\/v1\/(?!docs$)|$)/;

/** Every page of the server, on records that there are. */
const pages = () =>
  web.app.routeAccess
    .filter(({ method, url }) => method === 'GET' && !noPages.test(url))
    .map(({ url }) =>
      url.replace(':model', 'Place').replaceAll(/([^/]+)\/:\w+/g, (_all, part) => `${part}/${ids[part]}`),
    );

async function eachPage(look: ($: CheerioAPI, url: string) => void): Promise<void> {
  let seen = 0;
  for (const url of [...pages(), '/nowhere', '/review/runs/999999']) {
    const answer = await admin.get(url);
    if (!String(answer.headers['content-type']).startsWith('text/html')) continue;
    look(load(answer.body), url);
    seen += 1;
  }
  look(load((await web.visitor().get('/sign-in')).body), '/sign-in');
  expect(seen).toBeGreaterThan(10);
}

const attributesOf = ($: CheerioAPI, selector: string) =>
  $(selector)
    .toArray()
    .flatMap((element) => Object.entries($(element).attr() ?? {}));
const namesOf = ($: CheerioAPI) => attributesOf($, '*').map(([name]) => name);
const valuesOf = ($: CheerioAPI, selector: string, names: readonly string[]) =>
  attributesOf($, selector).flatMap(([name, value]) => (names.includes(name) ? [value] : []));

describe('every page', () => {
  test('is there, for records that there are', async () => {
    for (const url of pages()) {
      if (url === '/sign-in') continue;
      const { statusCode } = await admin.get(url);
      expect([url, statusCode]).toEqual([url, 200]);
    }
  });

  test('has the headers that keep other sites’ scripts, frames and guesses of types out, and no cache', async () => {
    for (const url of [...pages(), '/nowhere']) {
      const { headers } = await admin.get(url);
      expect([url, headers]).toEqual([
        url,
        expect.objectContaining({
          'content-security-policy':
            "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;connect-src 'self';" +
            "form-action 'self';frame-ancestors 'none';base-uri 'none'",
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'same-origin',
          'cache-control': 'no-store',
          'x-correlation-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        }),
      ]);
      expect([url, headers['strict-transport-security']]).toEqual([url, undefined]);
    }
  });

  test('has no script, style or handler in its markup, nothing of other sites, and no link to a script', async () => {
    await eachPage(($, url) => {
      const loaded = valuesOf($, 'script, link, img', ['src', 'href']);
      const led = valuesOf($, 'a, form, button, input', ['href', 'action', 'formaction']);
      const found = {
        inline: $('style, [style], script:not([src]), iframe, object, embed, base').length,
        text: $('script[src]').text(),
        handlers: namesOf($).filter((name) => /^(on|hx-on)/.test(name)),
        foreign: loaded.filter((address) => !address.startsWith('/assets/')),
        scripts: led.filter((address) => /^\s*(javascript|data|vbscript):/i.test(address)),
      };
      expect([url, found]).toEqual([url, { inline: 0, text: '', handlers: [], foreign: [], scripts: [] }]);
    });
  });

  test('sends a CSRF token with each form that changes something, and with no other', async () => {
    await eachPage(($, url) => {
      for (const form of $('form').toArray()) {
        const isPost = $(form).attr('method')?.toLowerCase() === 'post';
        const tokens = $(form).find('input[name=_csrf][value]').length;
        expect([url, $(form).attr('action'), tokens]).toEqual([url, $(form).attr('action'), isPost ? 1 : 0]);
      }
    });
  });

  test('has a language, a title, one heading, one main part, and a way past the navigation', async () => {
    await eachPage(($, url) => {
      // A part that is put into the page of a plan.
      if (url.endsWith('/progress')) return;
      const found = [$('html').attr('lang'), $('title').text() !== '', $('h1').length, $('main').length];
      expect([url, ...found]).toEqual([url, 'en', true, 1, 1]);
      expect([url, $($('body a').first().attr('href') ?? '').is('main')]).toEqual([url, true]);
    });
  });

  test('has a label for each field', async () => {
    await eachPage(($, url) => {
      for (const field of $('input:not([type=hidden]), select, textarea').toArray()) {
        const id = $(field).attr('id');
        const isLabelled =
          $(field).closest('label').text().trim() !== '' ||
          $(field).is('[aria-label], [aria-labelledby]') ||
          (id !== undefined && $(`label[for="${id}"]`).length > 0);
        expect([url, $(field).attr('name'), isLabelled]).toEqual([url, $(field).attr('name'), true]);
      }
    });
  });
});

describe('an address with a hash of its content', () => {
  test('is kept by browsers for good, and changes with what it holds', async () => {
    const $ = load((await admin.get('/review')).body);
    const urls = $('link[href], script[src]')
      .toArray()
      .map((element) => $(element).attr('href') ?? $(element).attr('src') ?? '');
    expect(urls).toHaveLength(4);
    for (const url of urls) {
      expect(url).toMatch(/^\/assets\/[\w.]+\?v=[\w-]{12}$/);
      const answer = await web.app.inject(url);
      expect([url, answer.statusCode, answer.headers['cache-control']]).toEqual([
        url,
        200,
        'public, max-age=31536000, immutable',
      ]);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  });

  test.each([
    '/assets/../package.json',
    '/assets/..%2f..%2fpackage.json',
    '/assets/.%2e%2fbuild-server.ts',
    '/assets/',
  ])('%s leads to nothing else', async (url) => {
    expect((await web.app.inject(url)).statusCode).toBeGreaterThanOrEqual(400);
  });
});

describe('over a network', () => {
  const post = (url: string, init: RequestInit) =>
    fetch(new URL(url, origin), {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: admin.cookie },
      ...init,
    });

  test('only forms of a sensible size are taken', async () => {
    const large = await post('/users', { body: new URLSearchParams({ email: 'x'.repeat(300_000) }) });
    expect(large.status).toBe(413);
    const json = await post('/users', {
      body: '{"email":"x"}',
      headers: { cookie: admin.cookie, 'content-type': 'application/json' },
    });
    expect([403, 415]).toContain(json.status);
    const bytes = await post('/users', { body: new Blob(['x'], { type: 'application/octet-stream' }) });
    expect(bytes.status).toBe(415);
    for (const answer of [large, json, bytes]) expect(await answer.text()).toContain('<h1>');
  });

  test('no header can be slipped in by an address, a field or a header of the request', async () => {
    const token = await admin.token();
    const injected = '/review%0d%0aX-Injected:%201';
    const answers = [
      await fetch(new URL(`/sign-in?next=${injected}`, origin)),
      await fetch(new URL(injected, origin), { redirect: 'manual' }),
      await post('/users/role', {
        body: new URLSearchParams({
          _csrf: token,
          email: 'viewer@example.org',
          role: 'viewer',
          back: '/users\r\nX-Injected: 1',
        }),
      }),
      await fetch(new URL('/sign-in', origin), { headers: { 'x-correlation-id': 'a b' } }),
    ];
    for (const { headers } of answers) {
      expect(headers.get('x-injected')).toBeNull();
      expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect(answers[2]?.headers.get('location')).toBe('/users');
  });

  test('an address that is none is refused as text, and below the API as problem details', async () => {
    for (const [path, type] of [
      ['/%3Cscript%3E%', 'text/plain; charset=utf-8'],
      ['/api/v1/places/%', 'application/problem+json; charset=utf-8'],
    ] as const) {
      const answer = await fetch(origin.origin + path);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([400, type]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(await answer.text()).not.toContain('<script');
    }
  });

  test.each(['//evil.example/..', '/\\evil.example', 'http://evil.example/'])(
    'the request line "GET %s" leads to no other site',
    async (target) => {
      const answer = await sendRaw(
        `GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 [34]\d\d /);
      expect(/^location: (.*)$/im.exec(answer)?.[1] ?? '/').toMatch(/^\/(?![/\\])/);
    },
  );

  function sendRaw(request: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const socket = connect(Number(origin.port), origin.hostname, () => socket.write(request));
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.once('close', () => resolve(answer)).once('error', reject);
    return promise;
  }
});

describe('when the database fails', () => {
  test('the visitor gets a page with a number, and nothing of what went wrong', async () => {
    await sequelize.query('ALTER TABLE runs RENAME TO lost_runs');
    try {
      const answer = await admin.get('/review');
      expect(answer.statusCode).toBe(500);
      const text = load(answer.body)('main').text();
      expect(text).toContain('Something went wrong');
      expect(text).toContain(answer.headers['x-correlation-id']);
      expect(answer.body).not.toMatch(/runs" does not exist|SELECT|\.ts:\d/);
    } finally {
      await sequelize.query('ALTER TABLE lost_runs RENAME TO runs');
    }
  });
});
