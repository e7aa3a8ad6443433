import { CriticalError, type Request } from '@crawlee/basic';
import { QueryTypes, type Sequelize } from 'sequelize';
import { normaliseUrl } from '../normalise/web.ts';
import { CrawlStopped, FetchFailed, PageSkipped } from './errors.ts';
import type { Frontier } from './frontier.ts';
import type { CrawlRequest, FetchedPage, PageFetcher } from './page.ts';
import { emptyOutcome, type PageOutcome } from './page.ts';
import type { PageReader } from './page-reader.ts';
import type { PageWriter } from './page-writer.ts';
import { usualSitemap } from './requests.ts';

export interface PageVisitorParts {
  sequelize: Sequelize;
  runId: string;
  frontier: Frontier;
  fetcher: PageFetcher;
  reader: PageReader;
  writer: PageWriter;
}

/** What happens to one request, from its turn to its commit; between Crawlee's loop and our own parts. */
export class PageVisitor {
  readonly #parts: PageVisitorParts;

  constructor(parts: PageVisitorParts) {
    this.#parts = parts;
  }

  /** @throws what makes Crawlee try again, or give up when the request says so */
  async visit(request: Request): Promise<void> {
    const details = this.#parts.frontier.detailsOf(request);
    try {
      await this.#commit(await this.#outcomeOf(details));
    } catch (error) {
      // The row is still pending, and a stopped run does not go on.
      if (error instanceof CrawlStopped) return;
      request.noRetry = !(error instanceof FetchFailed && error.retry);
      throw error;
    }
  }

  /** Records that a request has failed for good. */
  async recordFailure(request: Request, error: Error): Promise<void> {
    const details = this.#parts.frontier.detailsOf(request);
    const statusCode = error instanceof FetchFailed ? error.statusCode : null;
    await this.#commit(emptyOutcome(details, 'failed', error.message, statusCode));
  }

  async #outcomeOf(request: CrawlRequest): Promise<PageOutcome> {
    const { fetcher, reader } = this.#parts;
    try {
      const page = await fetcher.fetch(request);
      if (await this.#isReadElsewhere(request, page))
        return emptyOutcome(request, 'handled', null, page.statusCode);
      return reader.read(request, page);
    } catch (error) {
      const isGone = error instanceof PageSkipped || (error instanceof FetchFailed && !error.retry);
      // Most sites have no sitemap there; that is no failure of the crawl.
      if (isGone && isGuess(request)) return emptyOutcome(request, 'handled', null, error.statusCode);
      if (error instanceof PageSkipped)
        return emptyOutcome(request, 'skipped', error.message, error.statusCode);
      throw error;
    }
  }

  /** Whether the page that a redirect led to is a request of this run by itself. */
  async #isReadElsewhere(request: CrawlRequest, page: FetchedPage): Promise<boolean> {
    if (page.url === request.url || request.archiveRecord !== null) return false;
    const uniqueKey = normaliseUrl(page.url);
    if (uniqueKey === request.uniqueKey) return false;
    const { sequelize, runId } = this.#parts;
    const rows = await sequelize.query(
      'SELECT FROM crawl_requests WHERE run_id = $1 AND unique_key = $2 AND id <> $3',
      { bind: [runId, uniqueKey, request.id], type: QueryTypes.SELECT },
    );
    return rows.length > 0;
  }

  /** @throws CriticalError, which ends the crawl, when nothing can be written any more */
  async #commit(outcome: PageOutcome): Promise<void> {
    try {
      await this.#parts.writer.commit(outcome);
    } catch (error) {
      throw new CriticalError('The crawl cannot go on: the database does not work any more.', {
        cause: error,
      });
    }
  }
}

function isGuess(request: CrawlRequest): boolean {
  return request.kind === 'sitemap' && new URL(request.url).pathname === usualSitemap;
}
