import { type Source, sourceSchema } from '../../../src/crawl/source.ts';

/** A source without pauses between requests, unless the limits say otherwise. */
export function testSource(
  startUrl: string,
  given: Partial<Omit<Source, 'limits'>> & { limits?: Partial<Source['limits']> } = {},
): Source {
  const { limits, ...rest } = given;
  return sourceSchema.parse({
    name: 'test-site',
    spider: 'links',
    startUrls: [startUrl],
    ...rest,
    limits: { requestsPerSecond: 100_000, concurrency: 8, ...limits },
  });
}
