import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { FetchFailed } from './errors.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { robotsToken } from './http-client.ts';
import type { AllowedHosts } from './source.ts';

// The package's types declare a default export, which the module itself does not have.
const robotsParser: typeof import('robots-parser').default = createRequire(import.meta.url)('robots-parser');

/** What a host allows. */
export interface HostRules {
  isAllowed(url: string): boolean;
  /** Seconds between two requests. */
  crawlDelay: number | undefined;
  /** Absolute addresses. */
  sitemaps: string[];
}

/** RFC 9309, 2.5: parsers must read at least 500 KiB; more is ignored. */
const maxSize = 500 * 1024;
/** RFC 9309, 2.3.1.2. */
const maxRedirects = 5;
/** In milliseconds, before the second and the third attempt. */
const waits = [500, 2000];

export const everythingAllowed: HostRules = { isAllowed: () => true, crawlDelay: undefined, sitemaps: [] };

/** The robots.txt of each host, asked for once per run. */
export class Robots {
  readonly #client: HttpClient;
  readonly #hosts: AllowedHosts;
  readonly #rules = new Map<string, Promise<HostRules>>();

  constructor(client: HttpClient, hosts: AllowedHosts) {
    this.#client = client;
    this.#hosts = hosts;
  }

  /**
   * The rules for an address's host. 4xx means that there are none; a host whose robots.txt answers with
   * 5xx, 429 or not at all must be left alone (RFC 9309, 2.3.1.4) for the rest of the run.
   *
   * @throws FetchFailed, not to be retried, for such a host
   */
  rulesFor(url: URL): Promise<HostRules> {
    let rules = this.#rules.get(url.origin);
    if (rules === undefined) {
      rules = this.#load(new URL('/robots.txt', url));
      this.#rules.set(url.origin, rules);
    }
    return rules;
  }

  async #load(url: URL): Promise<HostRules> {
    for (let attempt = 0; ; attempt++) {
      const problem = await this.#tryLoad(url).catch((error: unknown) => {
        if (error instanceof FetchFailed) return error;
        throw error;
      });
      if (!(problem instanceof FetchFailed)) return problem;
      const wait = waits[attempt];
      if (!problem.retry || wait === undefined) {
        throw new FetchFailed(`Nothing may be read while robots.txt cannot be read. ${problem.message}`, {
          retry: false,
          cause: problem,
          ...(problem.statusCode === null ? {} : { statusCode: problem.statusCode }),
        });
      }
      await delay(wait);
    }
  }

  async #tryLoad(start: URL): Promise<HostRules> {
    let url = start;
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const response = await this.#client.get(url, ({ statusCode }) => isSuccess(statusCode), maxSize * 4);
      if (isSuccess(response.statusCode)) return parse(start, response.body);
      const { statusCode } = response;
      if (statusCode >= 500 || statusCode === 429) {
        throw new FetchFailed(`robots.txt answered with status ${statusCode}.`, { retry: true, statusCode });
      }
      const target = redirectTarget(url, response);
      if (target === null || !this.#hosts.allows(target)) return everythingAllowed;
      url = target;
    }
    return everythingAllowed;
  }
}

function isSuccess(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

function redirectTarget(url: URL, response: HttpResponse): URL | null {
  if (response.statusCode < 300 || response.statusCode > 399) return null;
  return URL.parse(response.header('location') ?? '', url);
}

function parse(url: URL, body: Buffer | null): HostRules {
  const text = body?.subarray(0, maxSize).toString('utf8') ?? '';
  const robots = robotsParser(url.href, text);
  return {
    isAllowed: (page) => robots.isAllowed(page, robotsToken) ?? true,
    crawlDelay: robots.getCrawlDelay(robotsToken),
    sitemaps: robots
      .getSitemaps()
      .map((sitemap) => URL.parse(sitemap, url)?.href)
      .filter((sitemap) => sitemap !== undefined),
  };
}
