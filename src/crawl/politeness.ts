import PQueue from 'p-queue';
import { CrawlStopped } from './errors.ts';

/** From this rate on, in requests per second, the limit on concurrency alone decides. */
const unlimitedRate = 1000;
/** The finest pace that is kept request by request, in milliseconds; faster rates start several at a time. */
const shortestInterval = 50;

export interface HostPace {
  concurrency: number;
  requestsPerSecond: number;
}

/** The requests to one host: so many at a time, so many per second, and none while it asked for a pause. */
export class HostQueue {
  readonly #queue: PQueue;
  readonly #waiting = new Set<() => void>();
  #stopped = false;
  #pausedUntil = 0;
  #resume: NodeJS.Timeout | undefined;

  constructor({ concurrency, requestsPerSecond }: HostPace) {
    if (requestsPerSecond >= unlimitedRate) {
      this.#queue = new PQueue({ concurrency });
    } else {
      const intervalCap = Math.ceil((requestsPerSecond * shortestInterval) / 1000);
      const interval = (intervalCap * 1000) / requestsPerSecond;
      this.#queue = new PQueue({ concurrency, intervalCap, interval, strict: true });
    }
  }

  /** @throws CrawlStopped when the crawl was stopped before the task's turn came; else whatever the task throws */
  run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#stopped) return Promise.reject(new CrawlStopped());
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const abandon = () => reject(new CrawlStopped());
    this.#waiting.add(abandon);
    void this.#queue.add(async () => {
      this.#waiting.delete(abandon);
      if (!this.#stopped) await task().then(resolve, reject);
    });
    return promise;
  }

  /** Starts nothing for so many milliseconds. What runs is finished; a longer pause wins over a shorter one. */
  pause(milliseconds: number): void {
    const until = Date.now() + milliseconds;
    if (this.#stopped || until <= this.#pausedUntil) return;
    this.#pausedUntil = until;
    this.#queue.pause();
    clearTimeout(this.#resume);
    this.#resume = setTimeout(() => this.#queue.start(), milliseconds);
  }

  /** Rejects everything that waits for its turn. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#resume);
    this.#queue.clear();
    for (const abandon of this.#waiting) abandon();
    this.#waiting.clear();
  }
}

/** The slowest pace that a robots.txt can ask for, in seconds between two requests. */
const longestCrawlDelay = 120;

/** How fast a run may ask each host: the source's limits, and slower where the host wishes it. */
export class Politeness {
  readonly #pace: HostPace;
  readonly #hosts = new Map<string, HostQueue>();
  #stopped = false;

  constructor(pace: HostPace) {
    this.#pace = pace;
  }

  /**
   * Runs a request when it is the host's turn.
   *
   * @param crawlDelay seconds between two requests, from the host's robots.txt
   */
  run<Result>(host: string, crawlDelay: number | undefined, task: () => Promise<Result>): Promise<Result> {
    if (this.#stopped) return Promise.reject(new CrawlStopped());
    return this.#queue(host, crawlDelay).run(task);
  }

  /** Leaves a host alone for so many milliseconds. */
  pause(host: string, milliseconds: number): void {
    this.#queue(host, undefined).pause(milliseconds);
  }

  stop(): void {
    this.#stopped = true;
    for (const queue of this.#hosts.values()) queue.stop();
  }

  #queue(host: string, crawlDelay: number | undefined): HostQueue {
    let queue = this.#hosts.get(host);
    if (queue === undefined) {
      queue = new HostQueue(this.#slowedBy(crawlDelay));
      this.#hosts.set(host, queue);
    }
    return queue;
  }

  #slowedBy(crawlDelay: number | undefined): HostPace {
    if (crawlDelay === undefined || !(crawlDelay > 0)) return this.#pace;
    const allowed = 1 / Math.min(crawlDelay, longestCrawlDelay);
    return { ...this.#pace, requestsPerSecond: Math.min(this.#pace.requestsPerSecond, allowed) };
  }
}
