import fastifyPlugin from 'fastify-plugin';
import { requestDetails } from '../audit/request-details.ts';
import { withUserActor } from '../audit/with-user-actor.ts';
import { HotspotsError } from '../errors.ts';
import { hasRole } from '../models/has-role.ts';
import './route-config.ts';

/**
 * Sees to it that each route says who may use it, that only those do, that what they send is theirs (CSRF), and
 * that all it writes is recorded as written by who is signed in. No page does any of this itself.
 */
export const access = fastifyPlugin(
  async (app, { trustedProxies }: { trustedProxies: readonly string[] }) => {
    app.decorate('routeAccess', []);
    app.addHook('onRoute', (route) => {
      const needed = route.config?.access;
      if (needed === undefined) {
        throw new TypeError(`The route ${String(route.method)} ${route.url} does not say who may use it.`);
      }
      const methods = [route.method].flat();
      for (const method of methods) app.routeAccess.push({ method, url: route.url, access: needed });
      const { handler } = route;
      route.handler = function (request, reply) {
        if (request.user === null) return handler.call(this, request, reply);
        const details = requestDetails(request, { trustedProxies, correlationId: () => request.id });
        return withUserActor(request.user, () => handler.call(this, request, reply), details);
      };
      const writes = methods.some((method) => method !== 'GET' && method !== 'HEAD');
      if (writes) route.preValidation = [...[route.preValidation ?? []].flat(), app.csrfProtection];
    });

    app.addHook('onRequest', async ({ url }) => {
      if (url.includes('%00')) throw new HotspotsError('USAGE', 'An address cannot hold the NUL character.');
    });

    app.addHook('preValidation', async (request, reply) => {
      const needed = request.routeOptions.config.access;
      if (needed === undefined || needed === 'public') return;
      if (request.user === null) {
        const isPage = request.method === 'GET' && request.headers['hx-request'] === undefined;
        const next = isPage ? `?next=${encodeURIComponent(request.url)}` : '';
        if (request.headers['hx-request'] !== undefined)
          return reply.header('hx-redirect', '/sign-in').code(401).send();
        return reply.redirect(`/sign-in${next}`, 303);
      }
      if (hasRole(request.user, needed)) return;
      throw new HotspotsError(
        'FORBIDDEN',
        `This needs the role ${needed}; ${request.user.email} has the role ${request.user.role}. An admin can change that.`,
      );
    });
  },
);
