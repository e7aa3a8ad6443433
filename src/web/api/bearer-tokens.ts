import type { FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { Sequelize } from 'sequelize';
import { tokenPrefix } from '../../accounts/api-token.ts';
import { findApiToken } from '../../accounts/find-api-token.ts';
import { HotspotsError } from '../../errors.ts';
import '../route-config.ts';

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
