import { z } from 'zod';
import { HotspotsError } from '../../errors.ts';
import { crawlOutcome, defineTask } from '../task.ts';
import type { PlannedCrawl } from '../worker/run-crawl.ts';

/** Crawls a source. One that is paused, or is being crawled already, also by hand, is left for the next time. */
export const crawlTask = defineTask({
  name: 'crawl',
  summary: 'Crawls a source',
  data: z.strictObject({ source: z.string().min(1), limit: z.int().min(1).optional() }),
  keyOf: ({ source }) => source,
  retryLimit: 2,
  retryDelay: 300,
  expireInSeconds: 12 * 60 * 60,
  run: async ({ source, limit }, { database, signal }) => {
    const { runCrawl } = await import('../worker/run-crawl.ts');
    const planned = await planCrawl(source);
    try {
      const result = await runCrawl(planned, { database, signal, ...(limit !== undefined && { limit }) });
      return crawlOutcome(source, result, signal.aborted);
    } catch (error) {
      const isSkipped =
        error instanceof HotspotsError &&
        (error.code === 'SOURCE_PAUSED' || error.code === 'CRAWL_ALREADY_RUNNING');
      if (isSkipped) return { state: 'skipped', summary: error.message };
      throw error;
    }
  },
});

async function planCrawl(name: string): Promise<PlannedCrawl> {
  const { spiders } = await import('../../app.ts');
  const { readSources } = await import('../../crawl/read-sources.ts');
  const { sourcesFile } = await import('../../crawl/source.ts');
  const { sampleSources } = await import('../../../crawlers/sample/sample-sources.ts');
  const configured = await readSources(sourcesFile, [...spiders.keys()]);
  const source = [...configured, ...sampleSources].find((each) => each.name === name);
  if (source === undefined) {
    throw new HotspotsError(
      'SOURCE_UNKNOWN',
      `There is no source ${JSON.stringify(name)} any more. See: npm run hotspots -- spiders`,
    );
  }
  const spider = spiders.get(source.spider);
  if (spider === undefined)
    throw new HotspotsError('SPIDER_UNKNOWN', `There is no spider ${JSON.stringify(source.spider)}.`);
  return { spider, source, sample: sampleSources.includes(source) };
}
