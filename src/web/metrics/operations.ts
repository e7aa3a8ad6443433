import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { Sequelize } from 'sequelize';
import { config } from '../../config.ts';
import { pendingMigrations } from '../../database/migrate.ts';
import { log } from '../../log.ts';
import type { PagePluginOptions } from '../page.ts';
import { metricsOf } from './metrics.ts';

/** How long the database may take to answer, in milliseconds. */
const patience = 2000;

/**
 * Why the database cannot serve requests at present, in a sentence for anybody; null when it can. Who may know more
 * finds it in the log.
 */
export async function databaseState(sequelize: Sequelize): Promise<string | null> {
  const timer = new AbortController();
  try {
    const pending = await Promise.race([
      pendingMigrations(sequelize),
      delay(patience, null, { signal: timer.signal }),
    ]);
    if (pending === null) return 'The database does not answer within 2 seconds.';
    return pending.length === 0 ? null : `Migrations that are not applied: ${pending.length}.`;
  } catch (error) {
    log.warn('The database does not answer', { error });
    return 'The database does not answer.';
  } finally {
    timer.abort();
  }
}

/** Headers by which a proxy says that it asks for somebody else. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/**
 * Whether the request may read metrics: it brings the token, or comes from this machine, and not from a proxy on it.
 *
 * @param token what is to be brought; when undefined, only this machine may
 */
export function mayReadMetrics(
  request: Pick<FastifyRequest, 'headers' | 'socket' | 'hostname'>,
  token: string | undefined,
): boolean {
  const [, given] = /^Bearer (\S+)$/i.exec(request.headers.authorization?.trim() ?? '') ?? [];
  if (given !== undefined) return token !== undefined && isSame(given, token);
  return isOfThisMachine(request);
}

function isOfThisMachine({
  headers,
  socket,
  hostname,
}: Pick<FastifyRequest, 'headers' | 'socket' | 'hostname'>) {
  if (proxyHeaders.some((name) => headers[name] !== undefined)) return false;
  // A proxy that adds no header often keeps the name it was asked by; so does a browser that a foreign name led here.
  return isLoopback(socket.remoteAddress ?? '') && (hostname === 'localhost' || isLoopback(hostname));
}

function isLoopback(text: string): boolean {
  const address = text.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Takes as long whatever is wrong with it. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * What programs that look after the server ask: whether it lives (/healthz), whether it can serve (/readyz), and
 * numbers (/metrics, in Prometheus' format). A plugin around all that comes after it: it times their requests.
 */
export const operations = fastifyPlugin<PagePluginOptions>(async (app, { database: { sequelize } }) => {
  const metrics = metricsOf(sequelize);

  app.addHook('onResponse', async (request, reply) => {
    // The pattern and not the address: there is no end to addresses, and they may hold what somebody searched for.
    metrics.observe({
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1000,
    });
  });

  app.get('/healthz', { config: { access: 'public' } }, async () => ({ status: 'alive' }));

  app.get('/readyz', { config: { access: 'public' } }, async (_request, reply) => {
    const problem = await databaseState(sequelize);
    if (problem === null) return { status: 'ready' };
    return await reply.code(503).send({ status: 'unavailable', reason: problem });
  });

  app.get('/metrics', { config: { access: 'public' } }, async (request, reply) => {
    if (!mayReadMetrics(request, config.metricsToken)) {
      return await reply
        .code(401)
        .header('www-authenticate', 'Bearer')
        .type('text/plain; charset=utf-8')
        .send(
          'From elsewhere than this machine, metrics need the token that HOTSPOTS_METRICS_TOKEN is set to.\n',
        );
    }
    return await reply.type(metrics.contentType).send(await metrics.read());
  });
});
