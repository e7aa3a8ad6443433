import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import packageJson from '../../package.json' with { type: 'json' };
import { config } from '../config.ts';
import { acceptHeader } from '../extract/reader-lookup.ts';
import { FetchFailed } from './errors.ts';
import { timeouts } from './retry-policy.ts';

/** The most a body may have, in bytes, before and after decompression. */
export const maxBodySize = 20 * 1024 * 1024;
/** Nobody compresses more than twice on purpose; each layer multiplies what a bomb can do. */
const maxLayers = 3;

export interface ReadBodyOptions {
  /** The Content-Encoding header. */
  encoding?: string | undefined;
  /** In bytes. */
  limit?: number;
  /** In milliseconds, for the whole body. */
  timeout: number;
}

/**
 * Reads a body to its end and undoes its content encodings.
 *
 * @throws FetchFailed when it is too large (not to be retried), too slow, broken, or oddly encoded
 */
export async function readBody(body: Readable, options: ReadBodyOptions): Promise<Buffer> {
  const { limit = maxBodySize, timeout } = options;
  const decoders = decodersFor(options.encoding);
  const chunks: Buffer[] = [];
  let size = 0;
  const collect = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > limit) {
        throw new FetchFailed(`The body has more than ${limit} bytes.`, { failure: 'large-body' });
      }
      chunks.push(chunk);
    }
  };
  const timer = setTimeout(() => {
    body.destroy(
      new FetchFailed(`The body did not arrive within ${timeout / 1000} s.`, { failure: 'broken-body' }),
    );
  }, timeout);
  try {
    if (decoders.length === 0) await collect(body);
    else await pipeline([body, ...decoders, collect]);
  } catch (error) {
    body.destroy();
    if (error instanceof FetchFailed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FetchFailed(`The body could not be read: ${reason}`, { failure: 'broken-body', cause: error });
  } finally {
    clearTimeout(timer);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size);
}

/** In the order in which they must run: the last encoding that was applied is undone first. */
function decodersFor(encoding: string | undefined): Transform[] {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > maxLayers) {
    throw new FetchFailed(`The body is compressed ${names.length} times; at most ${maxLayers} are undone.`, {
      failure: 'encoding',
    });
  }
  return names.reverse().map(decoderFor);
}

function decoderFor(name: string): Transform {
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    case 'zstd':
      return createZstdDecompress();
    case 'deflate':
      return createInflate();
    default:
      throw new FetchFailed(
        `The body has the content encoding ${JSON.stringify(name)}, which is not known.`,
        {
          failure: 'encoding',
        },
      );
  }
}

/** The name that robots.txt rules are looked up by (RFC 9309, 2.2.1). */
export const robotsToken = 'hotspots';

/** How the crawler presents itself where `HOTSPOTS_USER_AGENT` does not say: by name and version. */
export const defaultUserAgent = `${robotsToken}/${packageJson.version}`;

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
          accept: acceptHeader,
          'accept-encoding': 'gzip, br, zstd',
          'user-agent': config.userAgent ?? defaultUserAgent,
        },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FetchFailed(`The server did not answer: ${reason}`, { failure: 'no-answer', cause: error });
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
