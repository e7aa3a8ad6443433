import { cutText } from '../text.ts';
import { type Failure, isRetried } from './retry-policy.ts';

/** Thrown at a page that was still waiting for its turn when the crawl was stopped. */
export class CrawlStopped extends Error {
  override readonly name = 'CrawlStopped';

  constructor() {
    super('The crawl was stopped.');
  }
}

interface FetchFailedOptions extends ErrorOptions {
  failure: Failure;
  statusCode?: number | null;
}

/** Thrown for a page that could not be read. */
export class FetchFailed extends Error {
  override readonly name = 'FetchFailed';
  /** Whether another attempt may succeed. */
  readonly retry: boolean;
  readonly statusCode: number | null;

  constructor(message: string, { failure, statusCode, ...options }: FetchFailedOptions) {
    super(message, options);
    this.retry = isRetried(failure);
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

  /** For a body of a media type that no reader reads. */
  static unreadType(contentType: string | null, statusCode: number): PageSkipped {
    const type = cutText(contentType ?? 'not given', 100);
    return new PageSkipped(`its content type (${type}) is not read`, statusCode);
  }
}
