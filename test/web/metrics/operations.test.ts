import { once } from 'node:events';
import net, { Socket } from 'node:net';
import fastify from 'fastify';
import type { Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { connectSequelize, type Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models.ts';
import { mayReadMetrics, operations } from '../../../src/web/metrics/operations.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';
import { parseMetrics } from './parse-metrics.ts';

describe('may read metrics', () => {
  const token = 'mE7rics-token-of-the-town';

  /** A request from an address, as the server sees it. */
  function request(from: string, headers: Record<string, string> = {}, hostname = 'localhost') {
    const socket = new Socket();
    Object.defineProperty(socket, 'remoteAddress', { value: from });
    return { headers, hostname, socket };
  }

  describe('metrics may be read', () => {
    test.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('from %s without a token', (from) => {
      expect(mayReadMetrics(request(from), token)).toBe(true);
      expect(mayReadMetrics(request(from), undefined)).toBe(true);
    });

    test.each(['localhost', '127.0.0.1', '[::1]'])('by the name %s of this machine', (hostname) => {
      expect(mayReadMetrics(request('127.0.0.1', {}, hostname), token)).toBe(true);
    });

    test.each(['203.0.113.7', '127.0.0.1'])('with the token from %s, also through a proxy', (from) => {
      const headers = { authorization: `bearer ${token}`, 'x-forwarded-for': '203.0.113.9' };
      expect(mayReadMetrics(request(from, headers, 'hotspots.example.org'), token)).toBe(true);
    });
  });

  describe('metrics may not be read', () => {
    test.each(['203.0.113.7', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '128.0.0.1', ''])(
      'from %j without a token',
      (from) => {
        expect(mayReadMetrics(request(from), token)).toBe(false);
        expect(mayReadMetrics(request(from), undefined)).toBe(false);
      },
    );

    test.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'])(
      'through a proxy on this machine that adds %s',
      (header) => {
        expect(mayReadMetrics(request('127.0.0.1', { [header]: '127.0.0.1' }), token)).toBe(false);
      },
    );

    test.each(['hotspots.example.org', '127.0.0.1.example.org', 'localhost.example.org', '10.0.0.1'])(
      'from this machine by the name %s, which a proxy or a browser was asked by',
      (hostname) => {
        expect(mayReadMetrics(request('127.0.0.1', {}, hostname), token)).toBe(false);
      },
    );

    test.each([`${token}x`, token.slice(1), token.toUpperCase(), 'undefined', 'hs_1'])(
      'with the wrong token %s, not even from this machine',
      (wrong) => {
        const headers = { authorization: `Bearer ${wrong}` };
        for (const from of ['127.0.0.1', '203.0.113.7']) {
          expect(mayReadMetrics(request(from, headers), token)).toBe(false);
          expect(mayReadMetrics(request(from, headers), undefined)).toBe(false);
        }
      },
    );
  });
});

describe('operations', () => {
  const token = 'mE7rics-token-of-the-town';
  // Before the configuration is read for the first time.
  vi.stubEnv('HOTSPOTS_METRICS_TOKEN', token);

  let database: Database;
  let sequelize: Sequelize;
  let web: TestWeb;

  beforeAll(async () => {
    database = await createTestDatabase();
    ({ sequelize } = database);
    await bindModels(database);
    web = await startTestWeb(database);
  });
  afterAll(async () => {
    await web[Symbol.asyncDispose]();
    await database.close();
  });

  const get = (url: string, headers = {}, remoteAddress = '127.0.0.1') =>
    web.app.inject({ url, headers, remoteAddress });

  describe('/healthz', () => {
    test('says that the process lives, to anybody', async () => {
      const answer = await get('/healthz', {}, '203.0.113.7');
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'alive' }]);
    });
  });

  describe('/readyz', () => {
    test('says that the server can serve, to anybody', async () => {
      const answer = await get('/readyz', {}, '203.0.113.7');
      expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ready' }]);
    });

    test('says 503 while migrations are not applied', async () => {
      await sequelize.query("DELETE FROM schema_migrations WHERE name = '0012-webhooks'");
      const answer = await get('/readyz');
      await sequelize.query("INSERT INTO schema_migrations (name) VALUES ('0012-webhooks')");
      expect([answer.statusCode, answer.json().reason]).toEqual([503, 'Migrations that are not applied: 1.']);
      expect((await get('/readyz')).statusCode).toBe(200);
    });

    test('says 503 when the database refuses connections, and not where it is', async () => {
      await using server = await withoutDatabase('postgres://ana:s3cret@127.0.0.1:1/town');
      const answer = await server.app.inject('/readyz');
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toEqual({ status: 'unavailable', reason: 'The database does not answer.' });
      expect((await server.app.inject('/healthz')).statusCode).toBe(200);
    });

    test('says 503 after two seconds when the database is silent', async () => {
      const silent = net.createServer().listen(0, '127.0.0.1');
      const sockets: net.Socket[] = [];
      silent.on('connection', (socket) => sockets.push(socket));
      await once(silent, 'listening');
      const address = silent.address();
      const port = typeof address === 'object' ? address?.port : undefined;
      await using server = await withoutDatabase(`postgres://ana@127.0.0.1:${port}/town`);
      const asked = performance.now();
      const answer = await server.app.inject('/readyz');
      const took = performance.now() - asked;
      for (const socket of sockets) socket.destroy();
      silent.close();
      expect([answer.statusCode, answer.json().reason]).toEqual([
        503,
        'The database does not answer within 2 seconds.',
      ]);
      expect(took).toBeGreaterThan(1900);
      expect(took).toBeLessThan(6000);
    });
  });

  /** A server of nothing but this plugin: the pages cannot be built without a database. */
  async function withoutDatabase(url: string) {
    const unreachable = connectSequelize(url, 1);
    const app = fastify();
    await app.register(operations, {
      database: {
        sequelize: unreachable,
        url,
        close: () => unreachable.close(),
        [Symbol.asyncDispose]: () => unreachable.close(),
      },
      sources: async () => [],
    });
    return { app, [Symbol.asyncDispose]: () => app.close() };
  }

  describe('/metrics', () => {
    test('is for this machine, and for who brings the token', async () => {
      expect((await get('/metrics')).statusCode).toBe(200);
      expect((await get('/metrics', { authorization: `Bearer ${token}` }, '203.0.113.7')).statusCode).toBe(
        200,
      );
      const refused = [
        await get('/metrics', {}, '203.0.113.7'),
        await get('/metrics', { authorization: 'Bearer wrong' }, '203.0.113.7'),
        await get('/metrics', { 'x-forwarded-for': '127.0.0.1' }),
        await get('/metrics', { host: 'hotspots.example.org' }),
      ];
      for (const answer of refused) {
        expect(answer.statusCode).toBe(401);
        expect(answer.headers['www-authenticate']).toBe('Bearer');
        expect(answer.body).toMatch(/^From elsewhere than this machine/);
        expect(answer.body).not.toContain('hotspots_');
      }
    });

    test('has what this process knows also while the database is away', async () => {
      await using server = await withoutDatabase('postgres://ana:s3cret@127.0.0.1:1/town');
      await server.app.inject('/healthz');
      const answer = await server.app.inject('/metrics');
      expect(answer.statusCode).toBe(200);
      const metrics = parseMetrics(answer.body);
      expect(metrics.get('hotspots_database_up')).toBe(0);
      const healthz = 'method="GET",route="/healthz",status="200"';
      expect(metrics.get(`hotspots_http_request_duration_seconds_count{${healthz}}`)).toBe(1);
      expect(metrics.has('hotspots_flagged_runs_waiting')).toBe(false);
      expect(parseMetrics((await get('/metrics')).body).get('hotspots_database_up')).toBe(1);
    });

    test('is not open to who is signed in elsewhere', async () => {
      const admin = await web.as('admin');
      expect((await admin.get('/metrics')).statusCode).toBe(401);
    });
  });
});
