import { sampleHost } from '../../../crawlers/sample/sample-sources.ts';
import { type SampleServer, startSampleServer } from '../../../crawlers/sample/start-sample-server.ts';
import { pipelines } from '../../app.ts';
import type { CrawlOptions, CrawlResult } from '../../crawl/result.ts';
import type { Source } from '../../crawl/source.ts';
import type { Spider } from '../../crawl/spider.ts';

/** One run that is asked for: a spider over a source. */
export interface PlannedCrawl {
  spider: Spider;
  source: Source;
  archive?: NonNullable<CrawlOptions['archive']>;
  /** Whether the source is the bundled town, which needs its server. */
  sample: boolean;
}

export type RunCrawlOptions = Pick<
  CrawlOptions,
  'database' | 'dryRun' | 'limit' | 'signal' | 'onProgress'
> & { onSampleServer?: (server: SampleServer) => void };

/**
 * Carries out one planned crawl, from wherever it was asked for.
 *
 * @throws HotspotsError as `crawlSource`
 */
export async function runCrawl(
  { spider, source, archive, sample }: PlannedCrawl,
  { onSampleServer, ...options }: RunCrawlOptions,
): Promise<CrawlResult> {
  const pipeline = await pipelines.get(spider.pipeline)?.();
  if (pipeline === undefined) {
    throw new Error(
      `The spider ${spider.name} names the pipeline ${spider.pipeline}, which src/app.ts does not list.`,
    );
  }
  await using server = sample && archive === undefined ? await startSampleServer() : null;
  if (server !== null) onSampleServer?.(server);
  // Loaded late: Crawlee takes half a second, which wrong usage and --help need not wait for.
  const { crawlSource } = await import('../../crawl/crawl-source.ts');
  return await crawlSource({
    ...options,
    spider,
    pipeline,
    source,
    ...(archive && { archive }),
    ...(server && { hostOverrides: { [sampleHost]: { host: server.host, port: server.port } } }),
  });
}
