import { randomUUID } from 'node:crypto';
import type { RouteOptions } from 'fastify';
import type { Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Actor } from '../src/audit/actors.ts';
import { resolveAutomatedActor, withScraperActor, withUserActor } from '../src/audit/actors.ts';
import { LogEntry } from '../src/audit/log-entry.ts';
import { managementCommands } from '../src/cli/manage/built-in.ts';
import { runManagementCommand } from '../src/cli/manage/runner.ts';
import type { Database } from '../src/database/open-database.ts';
import { sendJob } from '../src/jobs/queue.ts';
import { runJob } from '../src/jobs/run-job.ts';
import { defineTask } from '../src/jobs/task.ts';
import { tasks } from '../src/jobs/tasks.ts';
import { startWorker } from '../src/jobs/worker/worker.ts';
import { bindModels } from '../src/models.ts';
import { Place } from '../src/records/place.ts';
import { User } from '../src/records/user.ts';
import { buildServer } from '../src/web/build-server.ts';
import { createTestDatabase } from './helpers/test-database.ts';
import { waitFor } from './helpers/wait-for.ts';
import { startTestWeb, type TestWeb, Visitor } from './helpers/web-server.ts';
import { ApiClient } from './web/api/api-client.ts';

/**
 * The contract of every entry point: what is written by a route, a command or a task has the right author, and the code of
 * none of them says who that is. The lists are the program's own: a new route or task is checked without being named.
 */

let database: Database;
let sequelize: Sequelize;
let system: Actor;

beforeAll(async () => {
  // The default: five connections, for all that follows.
  database = await createTestDatabase({ poolSize: 5 });
  ({ sequelize } = database);
  await bindModels(database);
  system = await resolveAutomatedActor('system');
});
afterAll(() => database.close());

/** What every entry point is made to do here, without saying who does it. */
const write = async (name: string) => {
  await Place.create({ name });
};

const authorOf = async (correlationId: string) => {
  const entries = await LogEntry.findAll({ where: { correlationId } });
  return entries.map(({ actorEmail }) => actorEmail);
};

describe('every route', () => {
  let web: TestWeb;
  let admin: Visitor;
  let token: ApiClient;
  let csrf: string;
  let routes: { method: string; url: string; access: string }[];

  beforeAll(async () => {
    const probe = (route: RouteOptions) => {
      const { url } = route;
      // Signing in is needed to come in at all.
      if (['/sign-in', '/account', '/sign-out'].includes(url)) return;
      route.handler = async (request, reply) => {
        const writing = write(nameOf(request.method, url));
        // A public route comes to its handler, whose write is refused for want of an author.
        if (request.user === null) await expect(writing).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
        else await writing;
        return reply.send({});
      };
    };
    web = await startTestWeb(database, { onRoute: probe });
    admin = await web.as('admin');
    csrf = await admin.token('/account');
    token = await ApiClient.as(web.app, sequelize, 'admin', ['admin']);
    const own = ['/sign-in', '/account', '/sign-out'];
    routes = web.app.routeAccess.filter(({ method, url }) => method !== 'HEAD' && !own.includes(url));
  });
  afterAll(() => web[Symbol.asyncDispose]());

  const nameOf = (method: string, url: string) => `${method} ${url}`;
  const addressOf = (url: string) => url.replaceAll(/:\w+/g, '1').replaceAll('*', 'hotspots.css');
  const isApi = (url: string) => url.startsWith('/api/');
  const forms = { 'content-type': 'application/x-www-form-urlencoded' };
  const json = { 'content-type': 'application/json' };

  test('is there in some number', () => {
    expect(routes.length).toBeGreaterThan(60);
    expect(routes.filter(({ url }) => isApi(url)).length).toBeGreaterThan(30);
  });

  test('writes nothing for nobody', async () => {
    const before = await LogEntry.count();
    for (const { method, url } of routes) {
      const hasBody = method !== 'GET' && method !== 'DELETE';
      const answer = await web.app.inject({
        method: methodOf(method),
        url: addressOf(url),
        ...(hasBody && { payload: isApi(url) ? '{}' : 'a=b', headers: isApi(url) ? json : forms }),
      });
      expect([nameOf(method, url), [200, 303, 401, 403].includes(answer.statusCode)]).toEqual([
        nameOf(method, url),
        true,
      ]);
    }
    expect(await LogEntry.count()).toBe(before);
  });

  test('writes as who is signed in, with the id of the request', async () => {
    for (const { method, url } of routes) {
      const hasBody = method !== 'GET' && method !== 'DELETE';
      const answer = await web.app.inject({
        method: methodOf(method),
        url: addressOf(url),
        headers: { cookie: admin.cookie, 'x-csrf-token': csrf, ...(hasBody && (isApi(url) ? json : forms)) },
        ...(hasBody && { payload: isApi(url) ? '{}' : 'a=b' }),
      });
      const authors = await authorOf(String(answer.headers['x-correlation-id']));
      expect([nameOf(method, url), answer.statusCode, authors]).toEqual([
        nameOf(method, url),
        200,
        ['admin@example.org'],
      ]);
    }
  });

  test('of the API writes as the user of the token', async () => {
    for (const { method, url } of routes.filter((route) => isApi(route.url))) {
      const id = randomUUID();
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const path = addressOf(url).slice('/api/v1'.length);
      await token.send(methodOf(method), path, body, { 'x-correlation-id': id });
      expect([nameOf(method, url), await authorOf(id)]).toEqual([nameOf(method, url), ['admin@example.org']]);
    }
  });
});

describe('every task', () => {
  const ana: Actor = { id: null, email: 'ana@example.org' };

  test.each([...tasks.values()].map((task) => [task.name, task] as const))(
    '%s writes as the system user, or as the user who queued it',
    async (name, task) => {
      const email = `${name}@example.org`;
      const queuedBy = await withUserActor(ana, () =>
        User.create({ email, username: email, passwordHash: null }),
      );
      const probe = {
        ...task,
        perform: async () => {
          await write(name);
          return { state: 'done', summary: '' } as const;
        },
      };
      const context = { database, signal: new AbortController().signal };
      const [ofNobody, ofUser] = [randomUUID(), randomUUID()];
      // In the context of somebody else, as a loop is that a request has started.
      await withScraperActor(async () => {
        await runJob(probe, { data: {}, actor: null, correlationId: ofNobody }, context);
        const actor = { id: queuedBy.id, email };
        await runJob(probe, { data: {}, actor, correlationId: ofUser }, context);
      });
      expect(await authorOf(ofNobody)).toEqual(['system@vibemap.com']);
      expect(await authorOf(ofUser)).toEqual([email]);
    },
  );
});

describe('every management command', () => {
  test.each([...managementCommands.keys()])(
    '%s writes as its author, and only in its transactions',
    async (name) => {
      const options = {
        name,
        options: {},
        by: system,
        signal: new AbortController().signal,
        onBatch: () => {},
      };
      const outcome = await runManagementCommand(
        sequelize,
        async ({ transact }) => {
          await transact(async (transaction) => {
            await Place.create({ name }, { transaction });
          });
          return { state: 'finished', counts: {} };
        },
        options,
      );
      const entries = await LogEntry.findAll({ where: { runId: outcome.runId } });
      expect(entries.map(({ actorEmail }) => actorEmail)).toEqual(['system@vibemap.com']);
      const beside = runManagementCommand(
        sequelize,
        async () => {
          await write(name);
          return { state: 'finished', counts: {} };
        },
        options,
      );
      await expect(beside).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
    },
  );
});

describe('all entry points at once', () => {
  const userOf = (role: string) =>
    User.findOne({ where: { email: `${role}@example.org` }, rejectOnEmpty: true });

  test('500 requests, forms, jobs, batches and crawls through five connections: each entry has its author and its id', async () => {
    const made = defineTask({
      name: 'make-place',
      summary: 'For tests',
      data: z.strictObject({ name: z.string() }),
      run: async ({ name }) => {
        await write(name);
        return { state: 'done', summary: name };
      },
    });
    let ended = 0;
    await using worker = await startWorker(database, {
      tasks: new Map([[made.name, made]]),
      concurrency: 20,
      pollingSeconds: 0.5,
      onEnd: () => {
        ended += 1;
      },
    });
    // With the users of the server above.
    const app = await buildServer(database);
    await app.ready();
    const [editor, admin] = [await userOf('editor'), await userOf('admin')];
    const apiOf = {
      editor: await ApiClient.as(app, sequelize, 'editor'),
      admin: await ApiClient.as(app, sequelize, 'admin'),
    };
    const visitors = [
      await new Visitor(app).signIn(editor.email),
      await new Visitor(app).signIn(admin.email),
    ] as const;
    const csrf = [await visitors[0].token(), await visitors[1].token()] as const;

    /** What is expected of each record, by its name. */
    const expected = new Map<string, { author: string; correlationId: string | null }>();
    const expectOf = (name: string, author: string, correlationId: string | null) => {
      expected.set(name, { author, correlationId });
      return name;
    };
    const one = async (index: number): Promise<unknown> => {
      const role = index % 2 === 0 ? 'editor' : 'admin';
      const [email, user] = role === 'editor' ? [editor.email, editor] : [admin.email, admin];
      const id = `request-${index}`;
      switch (index % 5) {
        case 0: {
          const name = expectOf(`api ${index}`, email, id);
          return await apiOf[role].send('POST', '/places', { name }, { 'x-correlation-id': id });
        }
        case 1: {
          const name = `form ${index}`;
          const answer = await visitors[index % 2 === 0 ? 0 : 1].postAs(
            '/admin/places/new',
            csrf[index % 2 === 0 ? 0 : 1],
            { name },
          );
          expect(answer.statusCode).toBe(303);
          return expectOf(name, email, String(answer.headers['x-correlation-id']));
        }
        case 2: {
          const name = expectOf(`job ${index}`, email, id);
          return await withUserActor(user, () => sendJob(worker.queue, 'make-place', { name }), {
            correlationId: id,
          });
        }
        case 3: {
          const name = expectOf(`batch ${index}`, system.email, id);
          return await withUserActor(system, () => write(name), { correlationId: id });
        }
        default: {
          const name = expectOf(`crawl ${index}`, 'scraper@vibemap.com', id);
          return await withScraperActor(() => write(name), { correlationId: id });
        }
      }
    };
    await Promise.all(Array.from({ length: 500 }, (_, index) => one(index)));
    await waitFor('all jobs to end', () => ended === 100);

    const entries = await LogEntry.findAll({ where: { model: 'Place', objectLabel: [...expected.keys()] } });
    const found = entries.map(({ objectLabel, actorEmail, correlationId }) => [
      objectLabel,
      { author: actorEmail, correlationId },
    ]);
    expect(found.length).toBe(500);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    await app.close();
  }, 60_000);
});

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function methodOf(text: string): Method {
  const method = methods.find((each) => each === text);
  if (method === undefined) throw new Error(`No method that a route of ours has: ${text}`);
  return method;
}
