import path from 'node:path';
import countries from 'i18n-iso-countries/index.js';
import { sampleSources } from '../../../crawlers/sample/sample-sources.ts';
import { spiders } from '../../app.ts';
import { readSources } from '../../crawl/read-sources.ts';
import { type Source, sourceSchema, sourcesFile } from '../../crawl/source.ts';
import type { Spider } from '../../crawl/spider.ts';
import { HotspotsError } from '../../errors.ts';
import type { PlannedCrawl } from '../../jobs/worker/index.ts';
import { normaliseTimeZone } from '../../normalise/zones.ts';
import { nearestWord, type ParsedArguments, usageError } from '../arguments.ts';

interface AdHoc {
  spider: string;
  urls: readonly string[];
  archivePath: string | undefined;
  timeZone: string | undefined;
  country: string | undefined;
}

/**
 * A source for addresses or an archive named on the command line. It is named after the first address's host
 * ("url-example-org") or after the file ("archive-spring"), so that a second crawl finds its records again.
 *
 * @throws HotspotsError USAGE when an address, the zone or the country is not valid
 */
export function adHocSource({ spider, urls, archivePath, timeZone, country }: AdHoc): Source {
  const parsed = urls.map((text) => {
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw usageError('crawl', `--url must be an http or https address; given: ${JSON.stringify(text)}.`);
    }
    if (url.username !== '' || url.password !== '') {
      throw usageError(
        'crawl',
        '--url must not hold a user name or password: addresses are stored and shown.',
      );
    }
    return url;
  });
  if (timeZone !== undefined && normaliseTimeZone(timeZone) === null) {
    throw usageError(
      'crawl',
      `--time-zone must be an IANA name such as America/New_York; given: ${JSON.stringify(timeZone)}.`,
    );
  }
  const code = country?.toUpperCase();
  if (code !== undefined && !(code.length === 2 && countries.isValid(code))) {
    throw usageError(
      'crawl',
      `--country must be an ISO 3166-1 code of two letters such as US or GB; given: ${JSON.stringify(country)}.`,
    );
  }
  const host = parsed[0]?.hostname;
  const name =
    host === undefined
      ? `archive-${path.basename(archivePath ?? '').replace(/(?:\.warc)?(?:\.gz)?$/i, '')}`
      : `url-${host}`;
  return {
    ...sourceSchema.omit({ startUrls: true }).parse({ name: asName(name), spider, timeZone, country: code }),
    startUrls: parsed.map(({ href }) => href),
  };
}

function asName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/-$/, '');
}

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
