import {
  BasicCrawler,
  type BasicCrawlerOptions,
  Configuration,
  type IRequestManager,
  LogLevel,
  log,
} from '@crawlee/basic';

/** In seconds: every step of a page has a limit of its own, and a page may wait long for its host's turn. */
const longestVisit = 24 * 60 * 60;

export interface PageCrawlerOptions {
  frontier: IRequestManager;
  concurrency: number;
  maxRetries: number;
  visit: NonNullable<BasicCrawlerOptions['requestHandler']>;
  onFailed: NonNullable<BasicCrawlerOptions['failedRequestHandler']>;
}

/** Crawlee's loop around our own queue: concurrency, retries and statistics, without its files and its log. */
export class PageCrawler extends BasicCrawler {
  constructor({ frontier, concurrency, maxRetries, visit, onFailed }: PageCrawlerOptions) {
    // Crawlee prints in many places, and not all of them take a log of their own.
    log.setLevel(LogLevel.OFF);
    super(
      {
        requestHandler: visit,
        failedRequestHandler: onFailed,
        maxRequestRetries: maxRetries,
        requestHandlerTimeoutSecs: longestVisit,
        useSessionPool: false,
        // The limits of the source decide; Crawlee must not start slowly, nor slow down by its own measure.
        minConcurrency: concurrency,
        maxConcurrency: concurrency,
        autoscaledPoolOptions: { maybeRunIntervalSecs: 0.1, loggingIntervalSecs: null },
        statisticsOptions: { persistenceOptions: { enable: false } },
      },
      new Configuration({
        persistStorage: false,
        purgeOnStart: false,
        // Measuring memory starts a process every second by default, for a decision that is not taken here.
        systemInfoIntervalMillis: longestVisit * 1000,
      }),
    );
    // The option of this name is documented, but the check of the options of 3.18 refuses it.
    this.requestManager = frontier;
  }

  /**
   * Crawlee listens for SIGINT and ends the crawl under the pages that are in flight. Whoever started this
   * crawl decides: here the signal only stops new pages.
   */
  protected override _pauseOnMigration(): Promise<void> {
    this.stop();
    return new Promise(() => {});
  }
}
