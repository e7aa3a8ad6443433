import { QueryTypes, type Sequelize } from 'sequelize';
import { choosePath } from './choose-path.ts';
import { entryConditions } from './entry-conditions.ts';
import type { LogEntryFilter } from './log-entry-filter.ts';
import type { ReadingContext } from './reading-context.ts';
import { resolveSources } from './resolve-sources.ts';
import { lowestIdSince, newestId, readingLimit, stepSize } from './scan-bounds.ts';
import { scanStatement } from './scan-path.ts';

/**
 * How many entries fit a filter. Counting stops at `cap`, and after as many entries as one page may look at:
 * then `capped` is true, and there are at least `count`.
 */
export async function countLogEntries(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  cap = 10_000,
  context: ReadingContext = {},
): Promise<{ count: number; capped: boolean }> {
  const wanted = await resolveSources(filter, context);
  const floor = filter.since === undefined ? '0' : await lowestIdSince(sequelize, filter.since);
  if (floor === null) return { count: 0, capped: false };
  const { columns, keys } = await choosePath(sequelize, wanted, context);
  let open = keys.map((key) => ({ key, before: newestId }));
  let count = 0;
  for (let read = 0; open.length > 0; ) {
    if (count > cap || read >= readingLimit(filter)) return { count: Math.min(count, cap), capped: true };
    const size = stepSize(open.length);
    const bind: unknown[] = [];
    const value = (bound: unknown) => `$${bind.push(bound)}`;
    const step = {
      path: { columns, keys: open.map(({ key }) => key) },
      before: open.map(({ before }) => before),
      floor,
      size,
    };
    const statement = scanStatement(step, entryConditions(wanted, context, value), value);
    const parts = await sequelize.query<{ part: number; read: number; wanted: number; lowest: string }>(
      `SELECT part::int AS part, count(*)::int AS read, count(*) FILTER (WHERE wanted)::int AS wanted,
              min(id)::text AS lowest
       FROM (${statement}) step GROUP BY part`,
      { bind, type: QueryTypes.SELECT },
    );
    open = parts.flatMap((part) => {
      count += part.wanted;
      read += part.read;
      const key = open[part.part - 1]?.key;
      return part.read < size || key === undefined ? [] : [{ key, before: part.lowest }];
    });
  }
  return count > cap ? { count: cap, capped: true } : { count, capped: false };
}
