import type { RunFacts } from './run-facts.ts';

/** What a run is compared with: the facts of good runs before it, the newest first. */
export interface Comparison {
  readonly facts: RunFacts;
  readonly usual: readonly RunFacts[];
}

/** One reason for which a run may deserve a look. */
export interface FlagRule {
  readonly name: string;
  /** Sentences with the number that was found and the usual one. */
  raise(comparison: Comparison): string[];
}
