import type { CrawlProgress } from '../../../crawl/crawl-options.ts';
import { counted } from '../terminal/counted.ts';
import { cutToWidth } from '../terminal/display-width.ts';

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
