import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { HotspotsError } from '../../errors.ts';
import type { PageOptions } from '../page-options.ts';
import { apiDocument } from './api-document.ts';
import { logEntryRoutes } from './log-entry-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import { resources } from './resources.ts';
import { runRoutes } from './run-routes.ts';
import { sendProblem } from './send-problem.ts';
import { undoPlanRoutes } from './undo-plan-routes.ts';
import '../route-config.ts';

/** Requests of one user, token or address in a minute. */
const requestsPerMinute = 600;

/** The REST API, below /api/v1. The frame around it sees to who may, and to the actor of all that is written. */
export const api: FastifyPluginAsync<Pick<PageOptions, 'database'>> = async (app, { database }) => {
  app.setErrorHandler(sendProblem);
  // Schemas are for the document: the handlers read their input themselves, with the same ones.
  app.setValidatorCompiler(() => (value) => ({ value }));
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.addHook('onRoute', (route) => {
    if (route.config?.api === true) return;
    throw new TypeError(
      `The route ${String(route.method)} ${route.url} is below /api and does not say \`api: true\`.`,
    );
  });
  app.addHook(
    'onRequest',
    app.rateLimit({
      max: requestsPerMinute,
      timeWindow: 60_000,
      keyGenerator: ({ token, user, ip }) =>
        token !== null ? `token ${token.id}` : user !== null ? `user ${user.id}` : ip,
    }),
  );
  app.setNotFoundHandler((request) => {
    throw new HotspotsError(
      'RECORD_UNKNOWN',
      `There is no ${request.method} ${request.url.slice(0, 200)} in the API. See: ${app.prefix}/docs`,
    );
  });
  await app.register(swagger, {
    openapi: apiDocument,
    transform: createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } }),
  });
  for (const resource of resources) await app.register(resourceRoutes(resource), { database });
  for (const routes of [runRoutes, logEntryRoutes, undoPlanRoutes]) await app.register(routes, { database });
  app.get(
    '/openapi.json',
    { config: { api: true, access: 'public' }, schema: { hide: true } },
    async (_request, reply) => reply.send(app.swagger()),
  );
};
