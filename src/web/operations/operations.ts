import fastifyPlugin from 'fastify-plugin';
import { config } from '../../config.ts';
import type { PageOptions } from '../page-options.ts';
import { databaseState } from './database-state.ts';
import { mayReadMetrics } from './may-read-metrics.ts';
import { metricsOf } from './metrics-of.ts';

/**
 * What programs that look after the server ask: whether it lives (/healthz), whether it can serve (/readyz), and
 * numbers (/metrics, in Prometheus' format). A plugin around all that comes after it: it times their requests.
 */
export const operations = fastifyPlugin<PageOptions>(async (app, { database: { sequelize } }) => {
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
