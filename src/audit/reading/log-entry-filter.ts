import type { LogAction } from '../log-action.ts';

/** Who is behind an e-mail: `database` is a write that reached a table past the program. */
export const actorTypes = ['scraper', 'user', 'system', 'database'] as const;
export type ActorType = (typeof actorTypes)[number];

/** What reviewers think of a change: its own verdict, else that of its run. */
export const entryVerdicts = ['none', 'good', 'bad'] as const;
export type EntryVerdict = (typeof entryVerdicts)[number];

/** One value, or several of which any will do. */
export type OneOrMore<Value> = Value | readonly Value[];

/** Conditions that can also be excluded. */
export interface EntryConditions {
  /** The actor's e-mail. */
  actor?: OneOrMore<string> | undefined;
  actorType?: OneOrMore<ActorType> | undefined;
  model?: OneOrMore<string> | undefined;
  objectId?: OneOrMore<string> | undefined;
  /** An attribute that the entry changed. */
  field?: OneOrMore<string> | undefined;
  action?: OneOrMore<LogAction> | undefined;
  /** A run's id. */
  run?: OneOrMore<string> | undefined;
  /** The name of a source, for its runs. Needs `runsOfSource` of the reading context. */
  source?: OneOrMore<string> | undefined;
  correlationId?: OneOrMore<string> | undefined;
  /** Needs `verdictSql` of the reading context. */
  verdict?: OneOrMore<EntryVerdict> | undefined;
  /**
   * Text within any old or new value, whatever its capitals. No index helps here: it is looked for only in
   * entries that fit the other conditions, and in at most so many of them per page.
   */
  contains?: OneOrMore<string> | undefined;
}

/** Which entries are wanted. All conditions must hold; what is left out does not matter. */
export interface LogEntryFilter extends EntryConditions {
  /** Inclusive. */
  since?: Date | undefined;
  /** Exclusive. */
  until?: Date | undefined;
  /** What an entry must not be: none of these may hold. */
  not?: EntryConditions | undefined;
}
