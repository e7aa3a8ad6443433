import type { TriggerState } from './read-trigger-state.ts';
import { type FunctionSql, functionSql, type TriggerSql, triggersSql } from './trigger-sql.ts';

/** What a table's triggers lack. */
export interface OutdatedParts {
  /** The function to be made or replaced; null when it is as it should be. */
  readonly function: FunctionSql | null;
  /** Triggers that are not there. */
  readonly missing: readonly TriggerSql[];
  /** Triggers that are there, but made from another definition. */
  readonly outdated: readonly TriggerSql[];
}

/** Compares what the table has with what its registration and its columns ask for. */
export function outdatedParts(state: TriggerState): OutdatedParts {
  const wanted = functionSql(state.table);
  const isCurrent = state.function?.hash === wanted.hash && state.function.bodyHash === wanted.bodyHash;
  const triggers = triggersSql(state.table);
  return {
    function: isCurrent ? null : wanted,
    missing: triggers.filter(({ name }) => !state.triggers.has(name)),
    outdated: triggers.filter(({ name, hash }) => {
      const installed = state.triggers.get(name);
      return installed !== undefined && installed.hash !== hash;
    }),
  };
}

export function isComplete(parts: OutdatedParts): boolean {
  return parts.function === null && parts.missing.length === 0 && parts.outdated.length === 0;
}
