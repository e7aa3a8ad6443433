import csrf from '@fastify/csrf-protection';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type RouteOptions } from 'fastify';
import { config } from '../config.ts';
import type { Database } from '../database/open-database.ts';
import { countWaitingRuns } from '../runs/index.ts';
import { access, correlationId } from './access.ts';
import { type ApiSettings, api, bearerTokens } from './api/api.ts';
import { refuseAddress } from './api/problems.ts';
import { assets } from './assets.ts';
import { sendErrorPage } from './errors.ts';
import { formFields, html } from './html.ts';
import { operations } from './metrics/operations.ts';
import type { ConfiguredSource } from './page.ts';
import { sendPage } from './page.ts';
import { accountPage, signInPage } from './pages/account/pages.ts';
import { sessionSecret, sessions } from './pages/account/sessions.ts';
import { usersPage } from './pages/account/users-page.ts';
import { adminPages } from './pages/admin/admin-pages.ts';
import { jobsPage } from './pages/jobs/jobs-page.ts';
import { reviewPages } from './pages/review/review-pages.ts';
import './access.ts';

export interface ServerOptions {
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[];
  /** Reads the sources that are configured; none when left out. */
  sources?: () => Promise<readonly ConfiguredSource[]>;
  /** Is given each route before the frame is put around its handler: to check the frame over all routes there are. */
  onRoute?: (route: RouteOptions) => void;
  /** How the REST API differs from its defaults. */
  apiSettings?: ApiSettings;
}

/** Forms of ours are small; a selection of a thousand changes has some 20 kB. */
const largestBody = 256 * 1024;

/** Milliseconds in which a request must have come whole. */
const longestRequest = 60_000;

/** The server of all pages, ready to listen. Everything that a page must not forget is done here, around it. */
export async function buildServer(
  database: Database,
  { trustedProxies = [], sources = async () => [], onRoute, apiSettings }: ServerOptions = {},
): Promise<FastifyInstance> {
  const { sequelize } = database;
  const secure = config.publicUrl.startsWith('https:');
  const app = fastify({
    bodyLimit: largestBody,
    genReqId: correlationId,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    forceCloseConnections: 'idle',
    requestTimeout: longestRequest,
    frameworkErrors: refuseAddress,
  });
  app.decorate('waitingRuns', () => countWaitingRuns(sequelize));
  app.addHook('onRequest', async (request, reply) => {
    // What is shown to somebody who is signed in must not be kept for who comes after. Assets say otherwise.
    reply.headers({ 'x-correlation-id': request.id, 'cache-control': 'no-store' });
  });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurityPolicy },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
  });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    // The database cannot hold the NUL character, and nobody can type it.
    (_request, body, done) => done(null, new URLSearchParams(String(body).replaceAll('%00', ''))),
  );
  await app.register(rateLimit, { global: false });
  await app.register(sessions, { sequelize, secret: await sessionSecret(sequelize), secure });
  await app.register(bearerTokens, { sequelize });
  await app.register(csrf, {
    sessionPlugin: '@fastify/session',
    getToken: (request) => {
      const header = request.headers['x-csrf-token'];
      return formFields(request).get('_csrf') ?? (typeof header === 'string' ? header : '');
    },
  });
  if (onRoute !== undefined) app.addHook('onRoute', onRoute);
  await app.register(access, { trustedProxies });
  app.setErrorHandler(sendErrorPage);
  app.setNotFoundHandler((request, reply) =>
    sendPage(request, reply, {
      title: 'Page not found',
      body: html`<h1>Page not found</h1><p>The address may be mistyped. <a href="/">Home</a></p>`,
      status: 404,
    }),
  );
  await app.register(assets);
  app.get('/', { config: { access: 'public' } }, (_request, reply) => reply.redirect('/review', 303));
  for (const page of [
    operations,
    signInPage,
    accountPage,
    usersPage,
    ...reviewPages,
    ...adminPages,
    jobsPage,
  ])
    await app.register(page, { database, sources });
  await app.register(api, { prefix: '/api/v1', database, ...apiSettings });
  return app;
}

const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};
