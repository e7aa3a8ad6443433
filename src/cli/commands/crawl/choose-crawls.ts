import path from 'node:path';
import { sampleSources } from '../../../../crawlers/sample/sample-sources.ts';
import { spiders } from '../../../app.ts';
import { readSources } from '../../../crawl/read-sources.ts';
import type { Source } from '../../../crawl/source.ts';
import { sourcesFile } from '../../../crawl/sources-file.ts';
import type { Spider } from '../../../crawl/spider.ts';
import { HotspotsError } from '../../../errors.ts';
import type { PlannedCrawl } from '../../../jobs/run-crawl.ts';
import { nearestWord } from '../arguments/nearest-word.ts';
import { type ParsedArguments, usageError } from '../arguments/parse-arguments.ts';
import { adHocSource } from './ad-hoc-source.ts';

/**
 * Which sources to crawl with which spider: the addresses or the archive that were named, else the named source,
 * else all sources of the spider, else the sample town.
 *
 * @throws HotspotsError USAGE, SPIDER_UNKNOWN, SOURCE_UNKNOWN, SOURCES_INVALID
 */
export async function chooseCrawls(given: ParsedArguments): Promise<PlannedCrawl[]> {
  const spiderName = given.text('spider');
  const sourceName = given.text('source');
  const urls = given.texts('url');
  const archivePath = given.text('archive');
  const adHoc = sourceName === undefined && (urls.length > 0 || archivePath !== undefined);
  checkCombination(given, adHoc);

  if (adHoc) {
    const spider = findSpider(spiderName);
    const source = adHocSource({
      spider: spider.name,
      urls,
      archivePath,
      timeZone: given.text('time-zone'),
      country: given.text('country'),
    });
    const archive = archivePath && { path: path.resolve(archivePath), everyRecord: urls.length === 0 };
    return [{ spider, source, sample: false, ...(archive && { archive }) }];
  }

  const archive = archivePath && { path: path.resolve(archivePath), everyRecord: false };
  const configured = await readSources(given.text('sources') ?? sourcesFile, [...spiders.keys()]);
  return chooseSources(configured, spiderName, sourceName).map((source) => ({
    spider: findSpider(source.spider),
    source,
    sample: sampleSources.includes(source),
    ...(archive && { archive }),
  }));
}

function checkCombination(given: ParsedArguments, adHoc: boolean): void {
  if (given.text('source') !== undefined && given.texts('url').length > 0) {
    throw usageError('crawl', '--source and --url exclude each other: a source has its own start URLs.');
  }
  for (const option of ['time-zone', 'country']) {
    if (!adHoc && given.text(option) !== undefined) {
      throw usageError(
        'crawl',
        `--${option} goes with --url or --archive; a source has its own in crawlers/sources.yaml.`,
      );
    }
  }
}

function chooseSources(
  configured: readonly Source[],
  spiderName: string | undefined,
  sourceName: string | undefined,
): readonly Source[] {
  const spider = spiderName === undefined && sourceName !== undefined ? null : findSpider(spiderName);
  if (sourceName === undefined) {
    const own = configured.filter((source) => source.spider === spider?.name);
    return own.length > 0 ? own : sampleSources.filter((source) => source.spider === spider?.name);
  }
  const all = [...configured, ...sampleSources];
  const source = all.find(({ name }) => name === sourceName);
  if (source === undefined) {
    const names = all.map(({ name }) => name);
    const nearest = nearestWord(sourceName, names);
    throw new HotspotsError(
      'SOURCE_UNKNOWN',
      `There is no source ${JSON.stringify(sourceName)}. ` +
        (nearest === null ? `Sources are ${names.join(', ')}.` : `Did you mean ${nearest}?`) +
        ' See: npm run hotspots -- spiders',
    );
  }
  if (spider !== null && source.spider !== spider.name) {
    throw usageError(
      'crawl',
      `The source ${source.name} belongs to the spider ${source.spider}, not ${spider.name}. Leave --spider out.`,
    );
  }
  return [source];
}

function findSpider(name: string | undefined): Spider {
  const names = [...spiders.keys()].join(', ');
  if (name === undefined) throw usageError('crawl', `--spider=NAME is missing. Spiders are ${names}.`);
  const spider = spiders.get(name);
  if (spider !== undefined) return spider;
  const nearest = nearestWord(name, [...spiders.keys()]);
  throw new HotspotsError(
    'SPIDER_UNKNOWN',
    `There is no spider ${JSON.stringify(name)}. ` +
      (nearest === null ? `Spiders are ${names}.` : `Did you mean ${nearest}?`) +
      ' See: npm run hotspots -- spiders',
  );
}
