import { createHash } from 'node:crypto';
import path from 'node:path';
import { HotspotsError } from '../errors.ts';
import { findPause } from '../runs/index.ts';
import { type Archive, ArchiveFetcher, openArchive } from './archive.ts';
import { CrawlRun } from './crawl-run.ts';
import { CrawlTally } from './crawl-tally.ts';
import { Frontier } from './frontier.ts';
import { HttpClient } from './http-client.ts';
import { NetworkFetcher } from './network-fetcher.ts';
import type { PageFetcher } from './page.ts';
import { PageCrawler } from './page-crawler.ts';
import { PageReader } from './page-reader.ts';
import { PageVisitor } from './page-visitor.ts';
import { PageWriter } from './page-writer.ts';
import { Politeness } from './politeness.ts';
import { archiveRequests, startRequests } from './requests.ts';
import type { CrawlOptions, CrawlResult } from './result.ts';
import { type RequestsSummary, readRejections, summariseRequests } from './result.ts';
import { RetryPolicy } from './retry-policy.ts';
import { Robots } from './robots.ts';
import { AllowedHosts } from './source.ts';

/** How many pages are on their way for each that is on the wire: reading and writing happen in the meantime. */
const pagesPerConnection = 3;
/** How many pages of an archive are on their way. */
const archiveConcurrency = 32;

/**
 * Reads one source with one spider and writes what it finds. A run that a killed process left is resumed.
 * When `signal` aborts, pages in flight are finished and committed.
 *
 * @throws HotspotsError SOURCE_PAUSED, CRAWL_ALREADY_RUNNING, ARCHIVE_UNREADABLE; errors of the database
 */
export async function crawlSource(options: CrawlOptions): Promise<CrawlResult> {
  const { source } = options;
  if (options.dryRun !== true) await refusePaused(options);
  const archive =
    options.archive === undefined ? null : await openArchive(path.resolve(options.archive.path));
  const hosts = new AllowedHosts(source);
  const client = new HttpClient(options.hostOverrides);
  const retryPolicy = new RetryPolicy(source.limits);
  const robots = archive === null && source.respectRobotsTxt ? new Robots(client, hosts, retryPolicy) : null;
  const fetcher: PageFetcher =
    archive === null
      ? new NetworkFetcher({ client, hosts, robots, retryPolicy, politeness: new Politeness(source.limits) })
      : new ArchiveFetcher(archive);
  // Opening the run may wait for a robots.txt.
  const stopFetching = () => fetcher.stop();
  if (options.signal?.aborted) stopFetching();
  options.signal?.addEventListener('abort', stopFetching, { once: true });
  try {
    const run = await openRun(options, archive, hosts, robots);
    try {
      return await workOn(run, options, { fetcher, hosts, retryPolicy, archive });
    } finally {
      await run.release();
    }
  } finally {
    options.signal?.removeEventListener('abort', stopFetching);
    await fetcher.close();
    await client.close();
  }
}

async function refusePaused({ database, source: { name } }: CrawlOptions): Promise<void> {
  const pause = await findPause(database.sequelize, name);
  if (pause === null) return;
  throw new HotspotsError(
    'SOURCE_PAUSED',
    `The source ${name} is paused since ${pause.pausedAt.toISOString()} by ${pause.pausedByEmail} (${pause.reason}), ` +
      `so it was not crawled. Once it is fixed: npm run hotspots -- resume ${name}`,
  );
}

function openRun(
  options: CrawlOptions,
  archive: Archive | null,
  hosts: AllowedHosts,
  robots: Robots | null,
): Promise<CrawlRun> {
  const { source, spider, dryRun = false, limit } = options;
  const everyRecord = options.archive?.everyRecord ?? false;
  const start = async () => {
    if (archive === null) return startRequests(source, hosts, robots);
    if (everyRecord) return archiveRequests(archive);
    return (await startRequests(source, hosts, null)).filter(({ kind }) => kind !== 'sitemap');
  };
  return CrawlRun.open(options.database.sequelize, {
    identity: {
      spider: spider.name,
      sourceName: source.name,
      archive: archive?.path ?? null,
      dryRun,
      fingerprint: fingerprint([everyRecord, source.startUrls]),
    },
    start,
    pageLimit: pageLimit(options),
    details: { dryRun, limit: limit ?? null, archive: archive?.path ?? null, everyRecord },
  });
}

function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

function pageLimit({ archive, limit, source }: CrawlOptions): number {
  // The source's own limit spares the site; the records of an archive are all there already.
  const ofSource = archive?.everyRecord === true ? Number.MAX_SAFE_INTEGER : source.limits.pages;
  return Math.min(limit ?? ofSource, ofSource);
}

/** What a crawl reads with. */
interface CrawlParts {
  fetcher: PageFetcher;
  hosts: AllowedHosts;
  retryPolicy: RetryPolicy;
  /** Null when the network is read. */
  archive: Archive | null;
}

async function workOn(run: CrawlRun, options: CrawlOptions, parts: CrawlParts): Promise<CrawlResult> {
  const { sequelize } = options.database;
  const tally = new CrawlTally(run.counters, run.limited);
  try {
    await crawl(run, options, parts, tally);
    const summary = await summariseRequests(sequelize, run.id);
    const rejections = options.dryRun === true ? tally.rejections : await readRejections(sequelize, run.id);
    const problems = [...archiveProblems(parts.archive), ...tally.problems];
    const { state, error } = verdict(summary);
    await run.finish({ state, error, details: { jsonLdRepairs: tally.jsonLdRepairs, problems } });
    return {
      ...tally.progress(),
      runId: run.id,
      state,
      resumed: run.resumed,
      jsonLdRepairs: tally.jsonLdRepairs,
      failures: summary.failures,
      rejections,
      skips: tally.limited ? [...summary.skips, limitSkip(options)] : summary.skips,
      problems,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // Where even this cannot be written, the run stays as it is and is resumed next time.
    const [written] = await Promise.allSettled([run.finish({ state: 'failed', error: reason })]);
    if (written.status === 'rejected')
      throw new AggregateError([error, written.reason], reason, { cause: error });
    throw error;
  }
}

async function crawl(
  run: CrawlRun,
  options: CrawlOptions,
  { fetcher, hosts, retryPolicy }: CrawlParts,
  tally: CrawlTally,
): Promise<void> {
  const { database, spider, pipeline, source, dryRun = false, signal } = options;
  const { sequelize } = database;
  const frontier = new Frontier(sequelize, run.id, retryPolicy);
  const writer = new PageWriter(
    { sequelize, runId: run.id, source, pipeline, dryRun, pageLimit: pageLimit(options) },
    (written, outcomes) => {
      if (written.added > 0) frontier.noteAdded();
      tally.add(written, outcomes);
      options.onProgress?.(tally.progress());
    },
  );
  const followsLinks = options.archive?.everyRecord !== true;
  const reader = new PageReader({ spider, source, pipeline, hosts, followsLinks });
  const visitor = new PageVisitor({ sequelize, runId: run.id, frontier, fetcher, reader, writer });
  const crawler = new PageCrawler({
    frontier,
    concurrency:
      options.archive === undefined ? source.limits.concurrency * pagesPerConnection : archiveConcurrency,
    maxRetries: retryPolicy.retries,
    visit: ({ request }) => visitor.visit(request),
    onFailed: ({ request }, error) => visitor.recordFailure(request, error),
  });

  const stop = () => {
    crawler.stop();
    fetcher.stop();
  };
  run.lost.addEventListener('abort', stop, { once: true });
  try {
    const running = crawler.run();
    // Only now: `run` begins by forgetting that it was stopped.
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
    await running;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
  run.lost.throwIfAborted();
}

/** A run that read no start page is no success: nothing is known of the source then. */
function verdict({ pending, start, failures, skips }: RequestsSummary): {
  state: CrawlResult['state'];
  error: string | null;
} {
  // The loop ends early only when it was told to.
  if (pending > 0) return { state: 'stopped', error: null };
  if (start.handled === 0) {
    const reason = failures[0]?.error ?? skips[0]?.reason ?? 'there is none that can be asked for';
    return { state: 'failed', error: `No start page could be read: ${reason}` };
  }
  return { state: 'finished', error: null };
}

function archiveProblems(archive: Archive | null): CrawlResult['problems'] {
  if (archive === null || archive.unreadBytes === 0) return [];
  const { path: sampleUrl, unreadBytes } = archive;
  const message = `The archive is cut off or damaged. Its last ${unreadBytes} bytes were not read.`;
  return [{ code: 'archive-cut', message, count: 1, sampleUrl }];
}

function limitSkip(options: CrawlOptions): CrawlResult['skips'][number] {
  return { reason: `the limit of ${pageLimit(options)} pages was reached`, count: 1 };
}
