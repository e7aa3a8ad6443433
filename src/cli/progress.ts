import type { CrawlProgress } from '../crawl/result.ts';
import { counted } from '../text.ts';
import { cutToWidth } from './terminal.ts';

const redrawAfterMs = 200;
const plainLineAfterMs = 5_000;

/**
 * Shows how a crawl is going: on a terminal one line that is drawn again, elsewhere a plain line now and then.
 */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #title: string;
  #shownAt = Number.NEGATIVE_INFINITY;

  /** @param title what stands in front of the numbers */
  constructor(title: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#title = title;
    this.#stream = stream;
    if (!stream.isTTY) this.#shownAt = performance.now();
  }

  show(progress: CrawlProgress): void {
    const now = performance.now();
    const terminal = this.#stream.isTTY;
    if (now - this.#shownAt < (terminal ? redrawAfterMs : plainLineAfterMs)) return;
    this.#shownAt = now;
    const text = `${this.#title}: ${progressText(progress)}`;
    // The cursor goes back to the line's beginning, so that a log line in between starts there.
    this.#stream.write(terminal ? `\r\u001b[K${cutToWidth(text, this.#stream.columns - 1)}\r` : `${text}\n`);
  }

  /** Takes the drawn line away. */
  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}

/** The numbers of a crawl on one line. */
function progressText(progress: CrawlProgress): string {
  const seconds = Math.max(progress.elapsedMs, 1) / 1000;
  return [
    counted(progress.pages, 'page'),
    counted(progress.items, 'item'),
    `${progress.created} new`,
    `${progress.updated} changed`,
    `${progress.unchanged} unchanged`,
    `${progress.rejected} rejected`,
    `${progress.failed} failed`,
    `${(progress.pages / seconds).toFixed(1)} pages/s`,
  ].join(' · ');
}

/**
 * An abort signal that the first SIGINT or SIGTERM gives; the second one ends the process at once.
 * Disposing it gives the signals back their usual meaning.
 *
 * @param unfinished what is still brought to its end after the first one, for the message
 */
export function stopOnSignal(unfinished: string): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    // 128 + the signal's number, as shells count.
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    process.stderr.write(`\nStopping after ${unfinished}. Once more stops at once.\n`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
