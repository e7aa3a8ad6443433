import PQueue from 'p-queue';
import { databaseErrorCode, retryTransaction } from '../database/retry-transaction.ts';
import { emptyOutcome, type PageOutcome } from './page.ts';
import { type WritingRun, type WrittenPages, writePages } from './write-pages.ts';

/** What one transaction writes at most. A single page may have more items than that. */
const largestBatch = { pages: 200, items: 500 };
/** How many transactions of a run are open at a time: while one waits for the disk, the next one computes. */
const batchesInFlight = 2;

interface Waiting {
  outcome: PageOutcome;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes pages in groups: everything that is waiting when a transaction may start goes into it. Under load
 * the groups grow by themselves, and a lone page does not wait for others.
 */
export class PageWriter {
  readonly #run: WritingRun;
  readonly #onWritten: (written: WrittenPages, outcomes: readonly PageOutcome[]) => void;
  readonly #queue = new PQueue({ concurrency: batchesInFlight });
  readonly #waiting: Waiting[] = [];

  constructor(run: WritingRun, onWritten: (written: WrittenPages, outcomes: readonly PageOutcome[]) => void) {
    this.#run = run;
    this.#onWritten = onWritten;
  }

  /**
   * Resolves when the page is committed. A page that the database or the pipeline refuses is recorded as
   * failed, with the error.
   *
   * @throws when the database does not work any more
   */
  commit(outcome: PageOutcome): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ outcome, resolve, reject });
    this.#schedule();
    return promise;
  }

  #schedule(): void {
    if (this.#waiting.length > 0 && this.#queue.size === 0) void this.#queue.add(() => this.#writeBatch());
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#takeBatch();
    this.#schedule();
    try {
      await this.#write(batch.map(({ outcome }) => outcome));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #takeBatch(): Waiting[] {
    let pages = 0;
    let items = 0;
    for (const { outcome } of this.#waiting) {
      items += outcome.items.length;
      if (pages > 0 && (pages === largestBatch.pages || items > largestBatch.items)) break;
      pages++;
    }
    return this.#waiting.splice(0, pages);
  }

  /** One page that cannot be written must not take the others with it: the batch is halved until it is alone. */
  async #write(outcomes: readonly PageOutcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    try {
      this.#onWritten(await this.#commit(outcomes), outcomes);
    } catch (error) {
      const [first] = outcomes;
      if (isDatabaseGone(error) || first === undefined) throw error;
      if (outcomes.length > 1) {
        const half = Math.ceil(outcomes.length / 2);
        await this.#write(outcomes.slice(0, half));
        await this.#write(outcomes.slice(half));
        return;
      }
      // The failure itself could not be written: nothing is left to try.
      if (first.state === 'failed' && first.items.length === 0) throw error;
      await this.#write([emptyOutcome(first.request, 'failed', describe(error), first.statusCode)]);
    }
  }

  #commit(outcomes: readonly PageOutcome[]): Promise<WrittenPages> {
    return retryTransaction(this.#run.sequelize, (transaction) =>
      writePages(this.#run, outcomes, transaction),
    );
  }
}

/**
 * SQLSTATE classes 08 (connection), 53 (no room), 57 (shut down), 58 (system error), and errors of the
 * socket: trying the next page would only fail it as well.
 */
function isDatabaseGone(error: unknown): boolean {
  if (error instanceof Error && /^Sequelize(?:Connection|HostNot|AccessDenied)/.test(error.name)) return true;
  // What pg says when the server dies without a word has no code.
  if (error instanceof Error && error.message.startsWith('Connection terminated')) return true;
  const code = databaseErrorCode(error) ?? '';
  return /^(?:08|53|57P|58)/.test(code) || /^E[A-Z]+$/.test(code);
}

function describe(error: unknown): string {
  return `It could not be written: ${error instanceof Error ? error.message : String(error)}`;
}
