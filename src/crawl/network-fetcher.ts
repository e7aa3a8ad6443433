import { FetchFailed, PageSkipped } from './errors.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import {
  type CrawlRequest,
  type FetchedPage,
  isReadableType,
  maxRedirects,
  type PageFetcher,
} from './page.ts';
import type { Politeness } from './politeness.ts';
import { failureOf, type RetryPolicy } from './retry-policy.ts';
import { everythingAllowed, type Robots } from './robots.ts';
import type { AllowedHosts } from './source.ts';

export interface NetworkFetcherParts {
  client: HttpClient;
  hosts: AllowedHosts;
  politeness: Politeness;
  retryPolicy: RetryPolicy;
  /** Null for a source that does not respect robots.txt. */
  robots: Robots | null;
}

/** Gets pages from the network. Every hop of a redirect is checked and waits its turn like a page of its own. */
export class NetworkFetcher implements PageFetcher {
  readonly #parts: NetworkFetcherParts;

  constructor(parts: NetworkFetcherParts) {
    this.#parts = parts;
  }

  async fetch(request: CrawlRequest): Promise<FetchedPage> {
    let url = new URL(request.url);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const response = await this.#visit(url, request);
      const { statusCode } = response;
      if (response.body !== null) {
        return {
          url: url.href,
          statusCode,
          contentType: response.header('content-type') ?? null,
          body: response.body,
          fetchedAt: Temporal.Now.instant(),
        };
      }
      url = this.#redirectTarget(url, response);
    }
    throw new FetchFailed(`More than ${maxRedirects} redirects.`, { failure: 'redirect' });
  }

  async #visit(url: URL, request: CrawlRequest): Promise<HttpResponse> {
    const { client, hosts, politeness, robots } = this.#parts;
    if (!hosts.allows(url))
      throw new PageSkipped('it redirects to a host that the source may not be read from');
    const rules = robots === null ? everythingAllowed : await robots.rulesFor(url);
    if (!rules.isAllowed(url.href)) throw new PageSkipped('robots.txt disallows it');
    return politeness.run(url.host, rules.crawlDelay, () =>
      client.get(url, (response) => isReadable(response, request)),
    );
  }

  /** The address that a response leads to. @throws PageSkipped or FetchFailed when it does not redirect */
  #redirectTarget(url: URL, response: HttpResponse): URL {
    const { statusCode } = response;
    if (isSuccess(statusCode))
      throw PageSkipped.unreadType(response.header('content-type') ?? null, statusCode);
    const location = response.header('location');
    if (statusCode < 300 || statusCode > 399 || location === undefined) {
      const { politeness, retryPolicy } = this.#parts;
      const pause = retryPolicy.pauseAfter(response);
      if (pause !== null) politeness.pause(url.host, pause);
      throw new FetchFailed(`The server answered with status ${statusCode}.`, {
        failure: failureOf(statusCode),
        statusCode,
      });
    }
    const target = URL.parse(location, url);
    if (target === null)
      throw new FetchFailed('It redirects to something that is not an address.', {
        failure: 'redirect',
        statusCode,
      });
    target.hash = '';
    return target;
  }

  stop(): void {
    this.#parts.robots?.stop();
    this.#parts.politeness.stop();
  }

  close(): Promise<void> {
    this.stop();
    return this.#parts.client.close();
  }
}

function isReadable(response: HttpResponse, request: CrawlRequest): boolean {
  return (
    isSuccess(response.statusCode) && isReadableType(response.header('content-type') ?? null, request.kind)
  );
}

function isSuccess(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}
