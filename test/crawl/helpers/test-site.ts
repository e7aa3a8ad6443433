import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

type Route = Answer | ((request: IncomingMessage) => Answer | Promise<Answer>);

/** A real web server on the loopback interface. What is not among the routes is 404. */
export class TestSite implements AsyncDisposable {
  readonly routes = new Map<string, Route>();
  /** The paths that were asked for, in order, and when (milliseconds, as performance.now). */
  readonly visits: { path: string; at: number }[] = [];
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(routes: Record<string, Route> = {}): Promise<TestSite> {
    const site = new TestSite();
    for (const [path, route] of Object.entries(routes)) site.routes.set(path, route);
    site.#server.listen(0, '127.0.0.1');
    await once(site.#server, 'listening');
    return site;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The site is not listening.');
    return address.port;
  }

  url(path: string): string {
    return this.origin + path;
  }

  /** The visits to pages: without robots.txt and the usual sitemap. */
  get pageVisits(): string[] {
    const paths = this.visits.map(({ path }) => path);
    return paths.filter((path) => path !== '/robots.txt' && path !== '/sitemap.xml');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    this.visits.push({ path, at: performance.now() });
    const route = this.routes.get(path) ?? { status: 404, body: 'Not found' };
    const answer = typeof route === 'function' ? await route(request) : route;
    response.writeHead(answer.status ?? 200, {
      'content-type': 'text/html; charset=utf-8',
      ...answer.headers,
    });
    response.end(answer.body ?? '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
