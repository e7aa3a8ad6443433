import type { BatchCounts } from '../../records/operations/batches.ts';
import { showCounts } from './show-counts.ts';

/** How far a command has come: one line on stderr that is written over. Where there is no terminal, nothing. */
export class CommandProgress {
  readonly #name: string;
  #isShown = false;

  constructor(name: string) {
    this.#name = name;
  }

  show(counts: BatchCounts): void {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r\u001b[K${this.#name}: ${showCounts(counts)}`);
    this.#isShown = true;
  }

  clear(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K');
    this.#isShown = false;
  }
}
