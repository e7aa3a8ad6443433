import { databaseErrorCode } from '../../../src/database/retry-transaction.ts';
import type { Run } from './run.ts';

/** Kinds that find the rows they need only once in dozens of tries. */
const seldomWriting: ReadonlySet<string> = new Set(['setParcels']);

/** Which operations wrote entries, and which errors were met: sequences that all fail would prove nothing. */
export class Coverage {
  readonly errors = new Set<string>();
  readonly #calls = new Map<string, number>();
  readonly #writing = new Set<string>();

  /** @param stamps those that entries of the run have. */
  note(run: Run, stamps: ReadonlySet<number | null>): void {
    for (const { operation, stamp } of run.calls) {
      this.#calls.set(operation.kind, (this.#calls.get(operation.kind) ?? 0) + 1);
      if (stamps.has(stamp)) this.#writing.add(operation.kind);
    }
    for (const error of run.failures) {
      const cause = error instanceof Error ? error.cause : undefined;
      for (const one of [error, cause]) {
        if (one instanceof Error) this.errors.add(one.name).add(databaseErrorCode(one) ?? '');
      }
    }
  }

  /** Kinds that were tried so often that some try should have written, and never wrote anything. */
  idle(): string[] {
    const isIdle = ([kind, calls]: readonly [string, number]) =>
      calls >= (seldomWriting.has(kind) ? 1_000 : 40) && !this.#writing.has(kind);
    return [...this.#calls].filter(isIdle).map(([kind]) => kind);
  }
}
