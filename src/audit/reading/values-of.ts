import type { OneOrMore } from './log-entry-filter.ts';

/** The values of a condition as a list; empty when it was left out. */
export function valuesOf<Value extends string>(condition: OneOrMore<Value> | undefined): readonly Value[] {
  if (condition === undefined) return [];
  return typeof condition === 'string' ? [condition] : condition;
}
