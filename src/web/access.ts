import type { IncomingMessage } from 'node:http';
import type { preValidationHookHandler } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { TokenScope, UsedToken } from '../accounts/api-tokens.ts';
import { requestDetails, withUserActor } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import { hasRole, type Role, type User } from '../records/index.ts';

/** Who may use a route: everybody, or who has at least this role. */
export type RouteAccess = 'public' | Role;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it; the server does not start otherwise. */
    access?: RouteAccess;
    /** A route of the API: tokens are accepted, errors are problem details (RFC 9457). */
    api?: boolean;
    /** What a token must be good for; without it "read" for GET, else "write". */
    scope?: TokenScope;
  }

  interface FastifyInstance {
    /** How many flagged runs nobody has judged. */
    waitingRuns(): Promise<number>;
    /** All routes, and who may use each. */
    readonly routeAccess: { method: string; url: string; access: RouteAccess }[];
  }

  interface FastifyRequest {
    /** Who is signed in, or whose token it is; see `signedInUser`. */
    user: User | null;
    /** The token of a program; null for people, and for nobody. */
    token: UsedToken | null;
  }

  interface Session {
    userId?: string;
    /** Milliseconds since 1970. */
    signedInAt?: number;
    /** Tells the password by which the session was begun from later ones; see `passwordMark`. */
    passwordMark?: string;
    /** Shown on the next page. */
    notice?: string;
    /** Whether the store has it already. */
    isStored?: boolean;
  }
}

/**
 * Sees to it that each route says who may use it, that only those do, that what they send is theirs (CSRF), and
 * that all it writes is recorded as written by who is signed in. No page does any of this itself.
 */
export const access = fastifyPlugin(
  async (app, { trustedProxies }: { trustedProxies: readonly string[] }) => {
    app.decorate('routeAccess', []);
    // A browser sends cookies along whoever made the form; it sends no token by itself.
    const refuseForeignForms: preValidationHookHandler = (request, reply, done) => {
      if (request.token === null) app.csrfProtection(request, reply, done);
      else done();
    };
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
      if (writes) route.preValidation = [...[route.preValidation ?? []].flat(), refuseForeignForms];
    });

    app.addHook('onRequest', async ({ url }) => {
      if (url.includes('%00')) throw new HotspotsError('USAGE', 'An address cannot hold the NUL character.');
    });

    app.addHook('preValidation', async (request, reply) => {
      const needed = request.routeOptions.config.access;
      if (needed === undefined || needed === 'public') return;
      const {
        api = false,
        scope = request.method === 'GET' || request.method === 'HEAD' ? 'read' : 'write',
      } = request.routeOptions.config;
      if (request.token !== null) checkScope(request.token, scope);
      if (request.user === null) {
        if (api) throw unauthenticated();
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

function checkScope({ id, scopes }: UsedToken, needed: TokenScope): void {
  if (scopes.includes(needed) || scopes.includes('admin')) return;
  throw new HotspotsError(
    'FORBIDDEN',
    `This needs the scope ${needed}; token ${id} has ${scopes.join(', ')}. Make another token for it.`,
  );
}

function unauthenticated(): HotspotsError {
  return new HotspotsError(
    'UNAUTHENTICATED',
    'This needs a signed-in user or a token: Authorization: Bearer hs_…. Tokens are made by: hotspots token create.',
  );
}

/**
 * What the log entries of a request have in common: what a program that uses the API sends as X-Correlation-Id, if it
 * is 1 to 200 characters of printable ASCII, else a new one.
 */
export function correlationId({ url, headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const given = headers['x-correlation-id'];
  const isSane = typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given);
  return isSane && url?.startsWith('/api/') === true ? given : crypto.randomUUID();
}
