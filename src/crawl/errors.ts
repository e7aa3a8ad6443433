/** Thrown at a page that was still waiting for its turn when the crawl was stopped. */
export class CrawlStopped extends Error {
  override readonly name = 'CrawlStopped';

  constructor() {
    super('The crawl was stopped.');
  }
}

interface FetchFailedOptions extends ErrorOptions {
  /** Whether another attempt may succeed. */
  retry: boolean;
  statusCode?: number;
}

/** Thrown for a page that could not be read. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
  readonly retry: boolean;
  readonly statusCode: number | null;

  constructor(message: string, { retry, statusCode, ...options }: FetchFailedOptions) {
    super(message, options);
    this.retry = retry;
    this.statusCode = statusCode ?? null;
  }
}

/** Thrown for a page that is not read on purpose. The reason is stored and counted, so it names no page. */
export class PageSkipped extends Error {
  override readonly name = 'PageSkipped';
  readonly statusCode: number | null;

  constructor(reason: string, statusCode: number | null = null) {
    super(reason);
    this.statusCode = statusCode;
  }
}
