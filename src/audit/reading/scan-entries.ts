import { QueryTypes, type Sequelize } from 'sequelize';
import { newestId, stepSize } from './scan-bounds.ts';
import { type ScanPath, scanStatement } from './scan-path.ts';

/** What is looked for, and where. */
export interface Search {
  path: ScanPath;
  /** Only entries with ids below `before` and not below `floor`. */
  before?: string | undefined;
  floor: string;
  /** Look at no more entries than about this. */
  readingLimit: number;
  /** The condition on an entry, as SQL with placeholders for the values given to `value`. */
  condition: (value: (bound: unknown) => string) => string;
  /** How many entries will probably do, if few. */
  wanted?: number | undefined;
}

export interface ScanProgress {
  /** The entries that fit, of those that this step looked at. */
  ids: string[];
  /** What fits has been found down to this id; null when everything has. */
  reach: string | null;
}

/**
 * Looks through the log along a path, step by step, until the path ends, enough was read or the caller stops.
 * Every key is read from where its last step ended.
 */
export async function* scanEntries(sequelize: Sequelize, search: Search): AsyncGenerator<ScanProgress> {
  const { columns, keys } = search.path;
  let open = keys.map((key) => ({ key, before: search.before ?? newestId }));
  for (let read = 0; open.length > 0 && read < search.readingLimit; ) {
    const size = stepSize(open.length, read === 0 ? search.wanted : undefined);
    const bind: unknown[] = [];
    const value = (bound: unknown) => `$${bind.push(bound)}`;
    const statement = scanStatement(
      {
        path: { columns, keys: open.map(({ key }) => key) },
        before: open.map(({ before }) => before),
        floor: search.floor,
        size,
      },
      search.condition(value),
      value,
    );
    const parts = await sequelize.query<{ part: number; read: number; lowest: string; ids: string[] }>(
      `SELECT part::int AS part, count(*)::int AS read, min(id)::text AS lowest,
              coalesce(array_agg(id::text) FILTER (WHERE wanted), '{}') AS ids
       FROM (${statement}) step GROUP BY part`,
      { bind, type: QueryTypes.SELECT },
    );
    read += parts.reduce((sum, part) => sum + part.read, 0);
    open = parts.flatMap(({ part, read: ofKey, lowest }) => {
      const key = open[part - 1]?.key;
      return ofKey < size || key === undefined ? [] : [{ key, before: lowest }];
    });
    yield { ids: parts.flatMap(({ ids }) => ids), reach: highest(open.map(({ before }) => before)) };
  }
}

function highest(ids: readonly string[]): string | null {
  return ids.reduce<string | null>(
    (most, id) => (most === null || BigInt(id) > BigInt(most) ? id : most),
    null,
  );
}
