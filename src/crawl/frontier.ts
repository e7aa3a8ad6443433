import {
  type Dictionary,
  type IRequestManager,
  Request,
  type RequestQueueOperationInfo,
} from '@crawlee/basic';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { CrawlRequest } from './page.ts';
import type { RetryPolicy } from './retry-policy.ts';

/** How many pending requests are read from the database at a time. */
const chunkSize = 500;

interface PendingRow {
  id: string;
  url: string;
  unique_key: string;
  kind: CrawlRequest['kind'];
  depth: number;
  archive_record: string | null;
}

interface Retry {
  details: CrawlRequest;
  retryCount: number;
  errorMessages: string[];
  /** Milliseconds since 1970. */
  due: number;
}

/**
 * Crawlee's request queue on the table `crawl_requests`. The table alone says what is pending and what is
 * done; what is being read right now is known in memory only, so that a killed process leaves nothing locked.
 * A page is marked as done by `PageWriter`, in the transaction that writes its items. One process works on
 * a run at a time (see `CrawlRun`).
 */
export class Frontier implements IRequestManager {
  readonly #sequelize: Sequelize;
  readonly #runId: string;
  readonly #retryPolicy: RetryPolicy;
  readonly #details = new WeakMap<object, CrawlRequest>();
  readonly #retries: Retry[] = [];
  #ready: CrawlRequest[] = [];
  #lastId = '0';
  /** Counts the times that rows were added, so that a read that has just missed them is not taken for the end. */
  #additions = 1;
  #additionsRead = 0;
  #reading: Promise<void> | undefined;
  #inFlight = 0;
  #handled = 0;

  constructor(sequelize: Sequelize, runId: string, retryPolicy: RetryPolicy) {
    this.#sequelize = sequelize;
    this.#runId = runId;
    this.#retryPolicy = retryPolicy;
  }

  /** The row that a request of ours was made from. */
  detailsOf(request: object): CrawlRequest {
    const details = this.#details.get(request);
    if (details === undefined) throw new Error('The request is not from this frontier.');
    return details;
  }

  /** Says that pending rows were added. */
  noteAdded(): void {
    this.#additions++;
  }

  async fetchNextRequest<T extends Dictionary = Dictionary>(): Promise<Request<T> | null> {
    await this.#fill();
    const retry = this.#takeRetry();
    const details = retry?.details ?? this.#ready.shift();
    if (details === undefined) return null;
    this.#inFlight++;
    const request = new Request<T>({
      id: details.id,
      url: details.url,
      uniqueKey: details.uniqueKey,
    });
    request.retryCount = retry?.retryCount ?? 0;
    request.errorMessages = retry?.errorMessages ?? [];
    this.#details.set(request, details);
    return request;
  }

  async isEmpty(): Promise<boolean> {
    await this.#fill();
    return this.#ready.length === 0 && !this.#retries.some(({ due }) => due <= Date.now());
  }

  async isFinished(): Promise<boolean> {
    return (await this.isEmpty()) && this.#retries.length === 0 && this.#inFlight === 0;
  }

  async markRequestHandled(): Promise<void> {
    this.#inFlight--;
    this.#handled++;
  }

  async reclaimRequest(request: Request): Promise<RequestQueueOperationInfo> {
    this.#inFlight--;
    const { retryCount, errorMessages } = request;
    const details = this.detailsOf(request);
    const due = Date.now() + this.#retryPolicy.delayBefore(retryCount);
    this.#retries.push({ details, retryCount, errorMessages, due });
    return {
      requestId: details.id,
      uniqueKey: details.uniqueKey,
      wasAlreadyPresent: true,
      wasAlreadyHandled: false,
      forefront: false,
    };
  }

  async handledCount(): Promise<number> {
    return this.#handled;
  }

  getTotalCount(): number {
    return this.#handled + this.#inFlight + this.getPendingCount();
  }

  getPendingCount(): number {
    return this.#ready.length + this.#retries.length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Request> {
    for (let request = await this.fetchNextRequest(); request !== null; ) {
      yield request;
      request = await this.fetchNextRequest();
    }
  }

  addRequest(): Promise<never> {
    return this.addRequestsBatched();
  }

  addRequestsBatched(): Promise<never> {
    return Promise.reject(
      new Error('Requests are added by PageWriter, together with the page that led to them.'),
    );
  }

  #takeRetry(): Retry | undefined {
    const now = Date.now();
    const index = this.#retries.findIndex(({ due }) => due <= now);
    return index === -1 ? undefined : this.#retries.splice(index, 1)[0];
  }

  async #fill(): Promise<void> {
    if (this.#ready.length > 0 || this.#additionsRead === this.#additions) return;
    this.#reading ??= this.#readChunk().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #readChunk(): Promise<void> {
    const additions = this.#additions;
    const rows = await this.#sequelize.query<PendingRow>(
      `SELECT id, url, unique_key, kind, depth, archive_record FROM crawl_requests
       WHERE run_id = $1 AND state = 'pending' AND id > $2 ORDER BY id LIMIT ${chunkSize}`,
      { bind: [this.#runId, this.#lastId], type: QueryTypes.SELECT },
    );
    this.#ready = rows.map((row) => ({
      id: row.id,
      url: row.url,
      uniqueKey: row.unique_key,
      kind: row.kind,
      depth: row.depth,
      archiveRecord: row.archive_record,
    }));
    this.#lastId = rows.at(-1)?.id ?? this.#lastId;
    if (rows.length < chunkSize) this.#additionsRead = additions;
  }
}
