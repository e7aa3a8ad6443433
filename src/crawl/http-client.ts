import { Agent, buildConnector, type Dispatcher } from 'undici';
import { config } from '../config.ts';
import { FetchFailed } from './fetch-failed.ts';
import { readBody } from './read-body.ts';
import { defaultUserAgent } from './user-agent.ts';

/** In milliseconds. */
const timeouts = { connect: 10_000, headers: 30_000, body: 60_000 };

/** One response, redirects not followed. */
export interface HttpResponse {
  statusCode: number;
  header(name: string): string | undefined;
  /** The body, decoded; null when it was not wanted. */
  body: Buffer | null;
}

export type HostOverrides = Readonly<Record<string, { host: string; port: number }>>;

/** Gets pages over a pool of connections. */
export class HttpClient {
  readonly #agent: Agent;

  /** @param hostOverrides where to connect for a host name instead of asking DNS */
  constructor(hostOverrides: HostOverrides = {}) {
    this.#agent = new Agent({
      connect: connector(hostOverrides),
      headersTimeout: timeouts.headers,
      bodyTimeout: timeouts.body,
    });
  }

  /**
   * @param wants whether to read the body of this response
   * @param limit bytes after decompression
   * @throws FetchFailed
   */
  async get(url: URL, wants: (response: HttpResponse) => boolean, limit?: number): Promise<HttpResponse> {
    const answer = await this.#request(url);
    const header = (name: string) => {
      const value = answer.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    };
    const response: HttpResponse = { statusCode: answer.statusCode, header, body: null };
    if (wants(response)) {
      response.body = await readBody(answer.body, {
        encoding: header('content-encoding'),
        timeout: timeouts.body,
        ...(limit === undefined ? {} : { limit }),
      });
    } else {
      // A short rest is read so that the connection can be used again; a long one is not worth it.
      await answer.body.dump({ limit: 65_536 });
    }
    return response;
  }

  async #request(url: URL): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: 'GET',
        headers: {
          accept:
            'text/html, application/xhtml+xml, text/calendar, application/ld+json, application/xml;q=0.9, */*;q=0.5',
          'accept-encoding': 'gzip, br, zstd',
          'user-agent': config.userAgent ?? defaultUserAgent,
        },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FetchFailed(`The server did not answer: ${reason}`, { retry: true, cause: error });
    }
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

function connector(hostOverrides: HostOverrides): buildConnector.connector {
  const connect = buildConnector({ timeout: timeouts.connect });
  return (options, callback) => {
    const place = hostOverrides[options.hostname];
    if (place === undefined) return connect(options, callback);
    return connect(
      { ...options, hostname: place.host, host: place.host, port: String(place.port) },
      callback,
    );
  };
}
