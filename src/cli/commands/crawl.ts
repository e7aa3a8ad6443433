import type { CrawlResult } from '../../crawl/result.ts';
import { hasFailed } from '../../crawl/result.ts';
import type { Database } from '../../database/open-database.ts';
import { HotspotsError } from '../../errors.ts';
import { type PlannedCrawl, runCrawl } from '../../jobs/worker/index.ts';
import { Run } from '../../runs/index.ts';
import type { ParsedArguments } from '../arguments.ts';
import { wholeNumber } from '../arguments.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import { ProgressLine, stopOnSignal } from '../progress.ts';
import { safeText, writeOutput } from '../terminal.ts';
import { chooseCrawls } from './choose-crawls.ts';
import { showResult } from './crawl/show-result.ts';
import { withDatabase } from './options.ts';

/** How long telling others of the runs may hold up the end, in milliseconds. */
const webhookTime = 15_000;

/** `hotspots crawl`: one run per source, one after another. */
export const crawlCommand: Command = {
  usage: '--spider=NAME [--source=NAME | --url=URL … | --archive=FILE] [OPTIONS]',
  options: {
    spider: { type: 'string', value: 'NAME', help: 'what to read with; see: npm run hotspots -- spiders' },
    source: { type: 'string', value: 'NAME', help: 'one source only; otherwise all of the spider' },
    url: {
      type: 'string',
      multiple: true,
      value: 'URL',
      help: 'this address instead of a source; may be repeated',
    },
    archive: { type: 'string', value: 'FILE', help: 'read a WARC file instead of the network' },
    'time-zone': {
      type: 'string',
      value: 'ZONE',
      help: 'with --url or --archive: zone of times without one',
    },
    country: {
      type: 'string',
      value: 'CODE',
      help: 'with --url or --archive: how to read local numbers, as US',
    },
    limit: { type: 'string', value: 'N', help: 'at most N pages per source' },
    'dry-run': {
      type: 'boolean',
      help: 'count what each group of pages would write, and take it back',
    },
    sources: { type: 'string', value: 'FILE', help: 'another file than crawlers/sources.yaml' },
    json: { type: 'boolean', help: 'one JSON object per run on stdout' },
  },
  positionals: 0,
  examples: [
    [
      'npm run crawl -- --spider=events --url=https://library.example.org/events/ --time-zone=America/New_York --limit=50',
      'A site that is not in sources.yaml yet, 50 pages of it',
    ],
    [
      'npm run crawl -- --spider=places --archive=storage/town.warc.gz --dry-run',
      'An archive, without writing',
    ],
  ],
  run: async (given) => {
    const limit = wholeNumber('crawl', '--limit', given.text('limit'), { min: 1, max: 10_000_000 });
    const crawls = await chooseCrawls(given);
    return withDatabase(async (database) => {
      using stop = stopOnSignal('the pages in flight');
      const codes: ExitCode[] = [];
      for (const planned of crawls) {
        if (stop.signal.aborted) break;
        codes.push(await crawlOne(database, planned, given, limit, stop.signal));
      }
      const { deliverWebhooks } = await import('../../runs/index.ts');
      // What is not taken in that time waits in the database for the next crawl or the server.
      await deliverWebhooks(database.sequelize, { signal: AbortSignal.timeout(webhookTime) });
      return combine(codes, codes.length < crawls.length);
    });
  },
};

async function crawlOne(
  database: Database,
  planned: PlannedCrawl,
  given: ParsedArguments,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { spider, source } = planned;
  const progress = new ProgressLine(`${spider.name} ${source.name}`);
  const dryRun = given.flag('dry-run');
  try {
    const result = await runCrawl(planned, {
      database,
      dryRun,
      signal,
      ...(limit !== undefined && { limit }),
      onProgress: (counts) => progress.show(counts),
      onSampleServer: ({ host, port }) => {
        const why =
          given.text('source') === undefined
            ? `No sources in ${given.text('sources') ?? 'crawlers/sources.yaml'} for the spider ${source.spider}`
            : `Source ${source.name}`;
        process.stderr.write(
          `${safeText(why)}: reading the bundled sample town (served on ${host}:${port}).\n`,
        );
      },
    });
    progress.clear();
    const flags = (await Run.findByPk(result.runId))?.flags ?? [];
    await writeOutput(
      given.flag('json')
        ? JSON.stringify({ spider: spider.name, source: source.name, dryRun, ...result, flags })
        : showResult(planned, result, dryRun, flags),
    );
    return codeOf(result);
  } catch (error) {
    progress.clear();
    if (!(error instanceof HotspotsError)) throw error;
    // The other sources are still crawled: one locked or unreadable source must not hold up a hundred.
    process.stderr.write(`${safeText(`${spider.name} ${source.name}: ${error.message}`)}\n`);
    return error.code === 'SOURCE_PAUSED' ? exitCodes.incomplete : exitCodes.failed;
  }
}

function codeOf(result: CrawlResult): ExitCode {
  if (hasFailed(result)) return exitCodes.failed;
  return result.failed > 0 || result.state === 'stopped' ? exitCodes.incomplete : exitCodes.done;
}

function combine(codes: readonly ExitCode[], stoppedEarly: boolean): ExitCode {
  if (codes.every((code) => code === exitCodes.done))
    return stoppedEarly ? exitCodes.incomplete : exitCodes.done;
  return codes.every((code) => code === exitCodes.failed) ? exitCodes.failed : exitCodes.incomplete;
}
