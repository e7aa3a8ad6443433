import { CrawlStopped } from './crawl-stopped.ts';
import { type HostPace, HostQueue } from './host-queue.ts';

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
