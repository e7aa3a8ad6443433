import { Readable } from 'node:stream';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type ReadBodyOptions, readBody } from '../../src/crawl/http-client.ts';

function read(body: Buffer | Readable, options: Partial<ReadBodyOptions> = {}): Promise<Buffer> {
  const stream = body instanceof Readable ? body : Readable.from([body.subarray(0, 10), body.subarray(10)]);
  return readBody(stream, { timeout: 5_000, ...options });
}

const text = Buffer.from('A page about a concert. '.repeat(100));

describe('readBody', () => {
  test.each([
    ['nothing', undefined, text],
    ['identity', 'identity', text],
    ['gzip', 'gzip', gzipSync(text)],
    ['x-gzip, in capitals', 'X-GZIP', gzipSync(text)],
    ['br', 'br', brotliCompressSync(text)],
    ['zstd', 'zstd', zstdCompressSync(text)],
    ['deflate', 'deflate', deflateSync(text)],
    ['first gzip, then br', 'gzip, br', brotliCompressSync(gzipSync(text))],
  ])('undoes %s', async (_, encoding, body) => {
    expect((await read(body, { encoding })).equals(text)).toBe(true);
  });

  test('reads an empty body', async () => {
    expect(await read(Readable.from([]))).toHaveLength(0);
  });

  test.each([
    ['plain', undefined, Buffer.alloc(2_000)],
    ['gzip', 'gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['br', 'br', brotliCompressSync(Buffer.alloc(50_000_000))],
    ['zstd', 'zstd', zstdCompressSync(Buffer.alloc(50_000_000))],
    ['gzip in gzip', 'gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
  ])('stops at the limit: %s', async (_, encoding, body) => {
    const before = process.memoryUsage().rss;
    await expect(read(body, { encoding, limit: 1_000 })).rejects.toMatchObject({
      message: 'The body has more than 1000 bytes.',
      retry: false,
    });
    expect(process.memoryUsage().rss - before).toBeLessThan(40_000_000);
  });

  test.each([
    ['an unknown encoding', 'rot13', text, false],
    ['too many encodings', 'gzip, gzip, gzip, gzip', text, false],
    ['bytes that are not what they are said to be', 'gzip', text, true],
    ['a body that was cut off', 'gzip', gzipSync(text).subarray(0, 30), true],
  ])('refuses %s', async (_, encoding, body, retry) => {
    await expect(read(body, { encoding })).rejects.toMatchObject({ name: 'FetchFailed', retry });
  });

  test('gives up a body that does not end in time', async () => {
    const endless = new Readable({ read() {} });
    endless.push('a beginning');
    await expect(read(endless, { timeout: 100 })).rejects.toMatchObject({
      message: 'The body did not arrive within 0.1 s.',
      retry: true,
    });
    expect(endless.destroyed).toBe(true);
  });
});
