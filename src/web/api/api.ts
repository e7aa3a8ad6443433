import { findApiToken, tokenPrefix } from '../../accounts/api-tokens.ts';
import { HotspotsError } from '../../errors.ts';
import '../access.ts';
import swagger from '@fastify/swagger';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { Sequelize } from 'sequelize';
import type { PagePluginOptions } from '../page.ts';
import { docsPage } from './docs.ts';
import { downloadRoutes } from './download-routes.ts';
import { logEntryRoutes } from './log-entry-routes.ts';
import { apiDocument, describeAccess, nameSchemas } from './openapi.ts';
import { refuseUnknownRoute, sendProblem } from './problems.ts';
import type { Resource } from './resource.ts';
import { resourceRoutes } from './resource-routes.ts';
import { resources as allResources } from './resources.ts';
import { runRoutes } from './run-routes.ts';
import { undoPlanRoutes } from './undo-plan-routes.ts';

/** Makes the user of a token the user of the request, on the routes of the API only. A cookie then does not count. */
export const bearerTokens = fastifyPlugin(async (app, { sequelize }: { sequelize: Sequelize }) => {
  const refused = new WeakSet<FastifyRequest>();
  app.decorateRequest('token', null);
  app.addHook('onRequest', async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined || request.routeOptions.config.api !== true) return;
    const [, secret] = /^Bearer ([\w~+/.-]+)$/i.exec(authorization.trim()) ?? [];
    const token = secret?.startsWith(tokenPrefix) === true ? await findApiToken(sequelize, secret) : null;
    if (token === null) refused.add(request);
    request.user = token?.user ?? null;
    request.token = token;
  });
  // Not before all hooks for requests have seen it: whoever tries tokens is limited by address, like others.
  app.addHook('preParsing', async (request) => {
    if (!refused.has(request)) return;
    throw new HotspotsError(
      'UNAUTHENTICATED',
      'The token is unknown, has expired or was revoked. It is sent as: Authorization: Bearer hs_…',
    );
  });
});

/** What a test of speed sets; everybody else leaves it as it is. */
export interface ApiSettings {
  /** Requests that one user, token or address may send in a minute; default 600. */
  readonly requestsPerMinute?: number;
  /** The resources that are offered; all when left out. */
  readonly resources?: readonly Resource[];
}

/** The REST API, below /api/v1. The frame around it sees to who may, and to the actor of all that is written. */
export const api: FastifyPluginAsync<Pick<PagePluginOptions, 'database'> & ApiSettings> = async (
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
          `Too many requests: at most ${max} a minute. Retry in ${after}.`,
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
