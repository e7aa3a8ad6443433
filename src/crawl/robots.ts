import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { CrawlStopped, FetchFailed } from './errors.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import { robotsToken } from './http-client.ts';
import { failureOf, isRetried, type RetryPolicy } from './retry-policy.ts';
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

export const everythingAllowed: HostRules = { isAllowed: () => true, crawlDelay: undefined, sitemaps: [] };

/** The robots.txt of each host, asked for once per run. */
export class Robots {
  readonly #client: HttpClient;
  readonly #hosts: AllowedHosts;
  readonly #rules = new Map<string, Promise<HostRules>>();

  readonly #retryPolicy: RetryPolicy;
  readonly #stopped = new AbortController();

  constructor(client: HttpClient, hosts: AllowedHosts, retryPolicy: RetryPolicy) {
    this.#client = client;
    this.#hosts = hosts;
    this.#retryPolicy = retryPolicy;
  }

  /**
   * The rules for an address's host. 4xx means that there are none; a host whose robots.txt answers with
   * 5xx, 429 or not at all must be left alone (RFC 9309, 2.3.1.4) for the rest of the run.
   *
   * @throws FetchFailed, not to be retried, for such a host; CrawlStopped when `stop` was called
   */
  rulesFor(url: URL): Promise<HostRules> {
    let rules = this.#rules.get(url.origin);
    if (rules === undefined) {
      rules = this.#load(new URL('/robots.txt', url));
      this.#rules.set(url.origin, rules);
    }
    return rules;
  }

  /** Ends the waiting between attempts; what is being asked for is finished. */
  stop(): void {
    this.#stopped.abort();
  }

  async #load(url: URL): Promise<HostRules> {
    for (let attempts = 1; ; attempts++) {
      if (this.#stopped.signal.aborted) throw new CrawlStopped();
      const { rules, failed, answer } = await this.#tryLoad(url);
      if (rules !== null) return rules;
      const wait = failed.retry ? this.#retryPolicy.robotsDelay(attempts, answer) : null;
      if (wait === null) {
        throw new FetchFailed(`Nothing may be read while robots.txt cannot be read. ${failed.message}`, {
          failure: 'robots-unreadable',
          cause: failed,
          statusCode: failed.statusCode,
        });
      }
      await this.#wait(wait);
    }
  }

  async #wait(milliseconds: number): Promise<void> {
    try {
      await delay(milliseconds, undefined, { signal: this.#stopped.signal });
    } catch (error) {
      throw this.#stopped.signal.aborted ? new CrawlStopped() : error;
    }
  }

  async #tryLoad(start: URL): Promise<Attempt> {
    try {
      let url = start;
      for (let hop = 0; hop <= maxRedirects; hop++) {
        const answer = await this.#client.get(url, ({ statusCode }) => isSuccess(statusCode), maxSize * 4);
        const { statusCode } = answer;
        if (isSuccess(statusCode)) return { rules: parse(start, answer.body) };
        const failure = failureOf(statusCode);
        if (isRetried(failure)) {
          const failed = new FetchFailed(`robots.txt answered with status ${statusCode}.`, {
            failure,
            statusCode,
          });
          return { rules: null, failed, answer };
        }
        const target = redirectTarget(url, answer);
        if (target === null || !this.#hosts.allows(target)) break;
        url = target;
      }
      return { rules: everythingAllowed };
    } catch (error) {
      if (error instanceof FetchFailed) return { rules: null, failed: error, answer: null };
      throw error;
    }
  }
}

/** What one attempt came to: the rules, or why there are none and, where there was one, the response that said so. */
type Attempt =
  | { rules: HostRules; failed?: never; answer?: never }
  | { rules: null; failed: FetchFailed; answer: HttpResponse | null };

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
