import swagger from '@fastify/swagger';
import type { FastifyPluginAsync } from 'fastify';
import { HotspotsError } from '../../errors.ts';
import type { PageOptions } from '../page-options.ts';
import { apiDocument } from './api-document.ts';
import { describeAccess } from './describe-access.ts';
import { docsPage } from './docs-page.ts';
import { downloadRoutes } from './download-routes.ts';
import { logEntryRoutes } from './log-entry-routes.ts';
import { nameSchemas } from './name-schemas.ts';
import { refuseUnknownRoute } from './refuse-unknown-route.ts';
import type { Resource } from './resource.ts';
import { resourceRoutes } from './resource-routes.ts';
import { resources as allResources } from './resources.ts';
import { runRoutes } from './run-routes.ts';
import { sendProblem } from './send-problem.ts';
import { undoPlanRoutes } from './undo-plan-routes.ts';
import '../route-config.ts';

/** What a test of speed sets; everybody else leaves it as it is. */
export interface ApiSettings {
  /** Requests that one user, token or address may send in a minute; default 600. */
  readonly requestsPerMinute?: number;
  /** The resources that are offered; all when left out. */
  readonly resources?: readonly Resource[];
}

/** The REST API, below /api/v1. The frame around it sees to who may, and to the actor of all that is written. */
export const api: FastifyPluginAsync<Pick<PageOptions, 'database'> & ApiSettings> = async (
  app,
  { database, requestsPerMinute = 600, resources = allResources },
) => {
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
      errorResponseBuilder: (_request, { max, after }) =>
        new HotspotsError(
          'TOO_MANY_REQUESTS',
          `These are more than ${max} requests in a minute. Go on in ${after}.`,
        ),
    }),
  );
  app.setNotFoundHandler(refuseUnknownRoute);
  await app.register(swagger, {
    openapi: apiDocument,
    transform: describeAccess,
    transformObject: nameSchemas,
  });
  for (const resource of resources) await app.register(resourceRoutes(resource), { database });
  for (const routes of [downloadRoutes, runRoutes, logEntryRoutes, undoPlanRoutes])
    await app.register(routes, { database });
  await app.register(docsPage);
  app.get(
    '/openapi.json',
    { config: { api: true, access: 'public' }, schema: { hide: true } },
    async (_request, reply) => reply.send(app.swagger()),
  );
};
