import type { Database } from '../database/open-database.ts';
import { hasRole, type Role } from '../records/index.ts';
import './access.ts';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { assetUrl } from './assets.ts';
import { csrfField, type Html, html } from './html.ts';

/** A source as `crawlers/sources.yaml` has it; what the pages show of it. */
export interface ConfiguredSource {
  readonly name: string;
  readonly spider: string;
  readonly startUrls: readonly string[];
}

/** The pages that every page leads to, in their order. */
export const navigation = [
  { name: 'runs', label: 'Runs', href: '/review', role: 'viewer' },
  { name: 'changes', label: 'Changes', href: '/review/changes', role: 'viewer' },
  { name: 'suggestions', label: 'Suggestions', href: '/review/suggestions', role: 'viewer' },
  { name: 'holds', label: 'Holds', href: '/review/holds', role: 'viewer' },
  { name: 'admin', label: 'Admin', href: '/admin', role: 'viewer' },
  { name: 'jobs', label: 'Jobs', href: '/jobs', role: 'viewer' },
  { name: 'users', label: 'Users', href: '/users', role: 'admin' },
] as const satisfies readonly { name: string; label: string; href: string; role: Role }[];

export type PageName = (typeof navigation)[number]['name'];

/** What each page is given. */
export interface PagePluginOptions {
  database: Database;
  /** Reads the sources that are configured at present. */
  sources: () => Promise<readonly ConfiguredSource[]>;
}

/** Related pages, as a Fastify plugin. */
export type PagePlugin = FastifyPluginAsync<PagePluginOptions>;

export interface Page {
  /** What it shows, for the window's title. */
  title: string;
  /** Where in the navigation it belongs. */
  current?: PageName;
  body: Html;
  /** HTTP status; 200 when left out. */
  status?: number;
  /** Seconds after which a browser without JavaScript loads the page again. */
  refresh?: number;
}

/** Sends a whole page: what it shows, within what all pages have. */
export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { title, current, body, status = 200, refresh }: Page,
): Promise<FastifyReply> {
  const { user } = request;
  const notice = takeNotice(request);
  const links = user === null ? [] : navigation.filter(({ role }) => hasRole(user, role));
  // A page that says the server has failed must not need the database that it may have failed for.
  const waiting = user === null || status >= 500 ? 0 : await request.server.waitingRuns();
  const page = await html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true}' />
    ${refresh === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${refresh}" /></noscript>`}
    <title>${title} · hotspots</title>
    <link rel="stylesheet" href="${assetUrl('hotspots.css')}" />
    <link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml" />
    <script src="${assetUrl('htmx.min.js')}" defer></script>
    <script src="${assetUrl('keyboard.js')}" type="module"></script>
  </head>
  <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header class="top">
      <a class="brand" href="/">hotspots</a>
      ${
        links.length === 0
          ? ''
          : html`<nav aria-label="Main">
        <ul>
          ${links.map(
            ({ name, label, href }, index) => html`<li>
            <a href="${href}" data-key="${index + 1}" ${name === current ? html`aria-current="page"` : ''}>${label}${
              name === 'runs' && waiting > 0
                ? html` <span class="count">${waiting}<span class="hidden"> to review</span></span>`
                : ''
            }</a>
          </li>`,
          )}
        </ul>
      </nav>`
      }
      ${
        user === null
          ? ''
          : html`<form class="who" method="post" action="/sign-out">
        ${csrfField(reply)}
        <a href="/account">${user.email}</a> <span class="role">${user.role}</span>
        <button class="quiet">Sign out</button>
      </form>`
      }
    </header>
    <main id="main" tabindex="-1">
      ${notice === undefined ? '' : html`<p class="notice" role="status">${notice}</p>`}
      ${body}
    </main>
    <footer>
      <p>Every value can be explained and taken back. <a href="/api/v1/docs">API</a></p>
      ${user === null ? '' : html`<p><button class="quiet" type="button" data-keyboard-help hidden>Keyboard: ?</button></p>`}
    </footer>
  </body>
</html>`;
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(String(page));
}

function takeNotice({ session }: FastifyRequest): string | undefined {
  const { notice } = session;
  if (notice !== undefined) delete session.notice;
  return notice;
}
