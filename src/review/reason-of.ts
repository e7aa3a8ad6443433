import type { LogEntryRow } from '../audit/read/index.ts';

/** Why somebody made a change, in their own words; null when they did not say. */
export function reasonOf({ extra }: Pick<LogEntryRow, 'extra'>): string | null {
  return typeof extra?.reason === 'string' ? extra.reason : null;
}
