import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { FetchFailed } from './fetch-failed.ts';

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
        throw new FetchFailed(`The body has more than ${limit} bytes.`, { retry: false });
      }
      chunks.push(chunk);
    }
  };
  const timer = setTimeout(() => {
    body.destroy(new FetchFailed(`The body did not arrive within ${timeout / 1000} s.`, { retry: true }));
  }, timeout);
  try {
    if (decoders.length === 0) await collect(body);
    else await pipeline([body, ...decoders, collect]);
  } catch (error) {
    body.destroy();
    if (error instanceof FetchFailed) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FetchFailed(`The body could not be read: ${reason}`, { retry: true, cause: error });
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
      retry: false,
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
          retry: false,
        },
      );
  }
}
