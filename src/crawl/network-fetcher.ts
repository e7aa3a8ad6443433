import { FetchFailed, PageSkipped } from './errors.ts';
import type { HttpClient, HttpResponse } from './http-client.ts';
import type { CrawlRequest } from './page.ts';
import { type FetchedPage, isReadableType, type PageFetcher } from './page.ts';
import type { Politeness } from './politeness.ts';
import { retryAfter } from './politeness.ts';
import { everythingAllowed, type Robots } from './robots.ts';
import type { AllowedHosts } from './source.ts';

const maxRedirects = 10;
/** What a host gets that is overloaded and does not say for how long, in milliseconds. */
const defaultPause = 1000;

export interface NetworkFetcherParts {
  client: HttpClient;
  hosts: AllowedHosts;
  politeness: Politeness;
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
      url = this.#nextHop(url, response);
    }
    throw new FetchFailed(`More than ${maxRedirects} redirects.`, { retry: false });
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

  #nextHop(url: URL, response: HttpResponse): URL {
    const { statusCode } = response;
    if (statusCode === 429 || statusCode >= 500) {
      if (statusCode === 429 || statusCode === 503) {
        this.#parts.politeness.pause(url.host, retryAfter(response.header('retry-after')) ?? defaultPause);
      }
      throw new FetchFailed(`The server answered with status ${statusCode}.`, { retry: true, statusCode });
    }
    if (statusCode >= 200 && statusCode < 300) {
      const type = response.header('content-type') ?? 'not given';
      throw new PageSkipped(`its content type (${type.slice(0, 100)}) is not read`, statusCode);
    }
    const location = response.header('location');
    if (statusCode < 300 || statusCode > 399 || location === undefined) {
      throw new FetchFailed(`The server answered with status ${statusCode}.`, { retry: false, statusCode });
    }
    const target = URL.parse(location, url);
    if (target === null)
      throw new FetchFailed('It redirects to what is no address.', { retry: false, statusCode });
    target.hash = '';
    return target;
  }

  stop(): void {
    this.#parts.politeness.stop();
  }

  close(): Promise<void> {
    this.#parts.politeness.stop();
    return this.#parts.client.close();
  }
}

function isReadable(response: HttpResponse, request: CrawlRequest): boolean {
  const { statusCode } = response;
  if (statusCode < 200 || statusCode > 299) return false;
  return isReadableType(response.header('content-type') ?? null, request.kind);
}
