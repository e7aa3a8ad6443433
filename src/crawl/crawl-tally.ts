import type { RunCounters } from '../runs/index.ts';
import type { PageOutcome } from './page.ts';
import type { CrawlProgress, CrawlResult } from './result.ts';
import { mergeRejections, type RejectedRow } from './result.ts';
import type { WrittenPages } from './write-pages.ts';

/** Adds up what was committed, for the progress and the result of a crawl. */
export class CrawlTally {
  readonly jsonLdRepairs: Record<string, number> = {};
  readonly #problems = new Map<string, CrawlResult['problems'][number]>();
  /** Of a dry run, whose rows are rolled back. */
  rejections: RejectedRow[] = [];
  /** Whether the limit of pages kept pages out. */
  limited: boolean;
  #counters: RunCounters;
  readonly #startedAt = performance.now();

  constructor(counters: RunCounters, limited: boolean) {
    this.#counters = counters;
    this.limited = limited;
  }

  add(written: WrittenPages, outcomes: readonly PageOutcome[]): void {
    // Two batches may report in the other order than they were committed in; the counters only grow.
    if (total(written.counters) >= total(this.#counters)) this.#counters = written.counters;
    this.limited ||= written.limited;
    if (written.rejections.length > 0)
      this.rejections = mergeRejections([this.rejections, written.rejections]);
    for (const { repairs, problems, request } of outcomes) {
      for (const problem of problems) {
        const known = this.#problems.get(problem.code);
        if (known === undefined)
          this.#problems.set(problem.code, { ...problem, count: 1, sampleUrl: request.url });
        else known.count++;
      }
      for (const [stage, count] of Object.entries(repairs)) {
        this.jsonLdRepairs[stage] = (this.jsonLdRepairs[stage] ?? 0) + count;
      }
    }
  }

  /** One entry for each kind of problem, the most frequent first. */
  get problems(): CrawlResult['problems'] {
    return [...this.#problems.values()].sort((a, b) => b.count - a.count);
  }

  progress(): CrawlProgress {
    const { requests: _, ...counters } = this.#counters;
    return { ...counters, elapsedMs: Math.round(performance.now() - this.#startedAt) };
  }
}

function total({ requests, pages, failed, skipped }: RunCounters): number {
  return requests + pages + failed + skipped;
}
