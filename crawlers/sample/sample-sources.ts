import { type Source, sourceSchema } from '../../src/crawl/source.ts';

/**
 * The host under which the sample town is crawled. The runner connects it to `startSampleServer`'s port, so
 * that addresses, and with them the records' identities, do not depend on which port was free.
 */
export const sampleHost = 'sample.hotspots.example';

/** The sample town as sources: read when `crawlers/sources.yaml` has none for a spider. */
export const sampleSources: readonly Source[] = ['events', 'places'].map((spider) =>
  sourceSchema.parse({
    name: `sample-${spider}`,
    spider,
    startUrls: [`http://${sampleHost}/${spider}/`],
    timeZone: 'America/New_York',
    country: 'US',
    limits: { pages: 100, depth: 3, requestsPerSecond: 1000, concurrency: 8 },
  }),
);
