/**
 * How the code around a write runs:
 * - `unenclosed`: it runs outside any actor context, or one of its callers does;
 * - `unknown caller`: nothing that was read calls it, or something unread does (a framework, a queue);
 * - `enclosed`: inside an actor context, listed only because of its `problems`.
 */
export type WriteContext = 'unenclosed' | 'unknown caller' | 'enclosed';

/** One write through Sequelize that needs attention. */
export interface FoundWrite {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Null where the receiver is an instance of a model that could not be told, or the write names none. */
  readonly model: string | null;
  /** `Place.create`, `place.save`, `queryInterface.bulkInsert`, `sequelize.query`. */
  readonly call: string;
  readonly context: WriteContext;
  /** What records it, inside an actor context: hooks, or the triggers alone. */
  readonly seenBy: 'hooks' | 'triggers';
  /** What is wrong with it even inside an actor context, and what to do instead. */
  readonly problems: readonly string[];
}

/** A file, or a part of one, that could not be read. `line` is null where the whole file is meant. */
export interface SourceProblem {
  readonly file: string;
  readonly line: number | null;
  readonly message: string;
}

export interface FoundWrites {
  /** By file, line and column. */
  readonly writes: readonly FoundWrite[];
  /** How many writes are enclosed and without problems. */
  readonly enclosed: number;
  /** How many of those only the triggers record. */
  readonly enclosedByTriggers: number;
  readonly files: number;
  /** The names of the models that were found, sorted. */
  readonly models: readonly string[];
  readonly problems: readonly SourceProblem[];
}
