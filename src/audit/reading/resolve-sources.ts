import { HotspotsError } from '../../errors.ts';
import type { EntryConditions, LogEntryFilter, OneOrMore } from './log-entry-filter.ts';
import type { ReadingContext } from './reading-context.ts';
import { valuesOf } from './values-of.ts';

/**
 * The filter with runs in place of sources: entries know their run, not its source.
 *
 * @throws HotspotsError AUDIT_QUERY_INVALID when a source is asked for without `runsOfSource`
 */
export async function resolveSources(
  filter: LogEntryFilter,
  { runsOfSource }: ReadingContext,
): Promise<LogEntryFilter> {
  const runsOf = async (source: OneOrMore<string>): Promise<string[]> => {
    if (runsOfSource === undefined) {
      throw new HotspotsError(
        'AUDIT_QUERY_INVALID',
        'The filter asks for "source", which needs "runsOfSource" in the reading context. Give it.',
      );
    }
    return (await Promise.all(valuesOf(source).map(runsOfSource))).flat();
  };
  const { source, ...resolved } = filter;
  if (source !== undefined) {
    const runs = await runsOf(source);
    const named = filter.run === undefined ? undefined : valuesOf(filter.run);
    resolved.run = named === undefined ? runs : runs.filter((run) => named.includes(run));
  }
  if (filter.not?.source === undefined) return resolved;
  const { source: excluded, ...not }: EntryConditions = filter.not;
  return { ...resolved, not: { ...not, run: [...valuesOf(not.run), ...(await runsOf(excluded ?? []))] } };
}
