/**
 * A way through the log: an index, and the values of its leading columns at which to read it. Along each of
 * the values the index holds the entries by id; without columns it is the primary key, and one empty key.
 */
export interface ScanPath {
  readonly columns: readonly IndexedColumn[];
  readonly keys: readonly (readonly string[])[];
}

export type IndexedColumn = 'actor_email' | 'run_id' | 'correlation_id' | 'model' | 'object_id';

/** More values than this are not worth an index: each costs a look into it for every page. */
export const maxKeys = 1000;

/** The whole log. */
export const wholeLog: ScanPath = { columns: [], keys: [[]] };

/** What is read along a path: from `before` (exclusive) of each key down to `floor` (inclusive). */
export interface ScanStep {
  readonly path: ScanPath;
  readonly before: readonly string[];
  readonly floor: string;
  /** At most so many entries of each key. */
  readonly size: number;
}

/**
 * SQL that gives (part, id, wanted) for the entries of a step: `part` is the number of the key, from 1;
 * `wanted` says whether the condition holds.
 *
 * Rows are compared as wholes and ordered by all columns, which only the path's own index can do. With plain
 * equality PostgreSQL may go back through the primary key instead, in the hope of a match soon, and for an
 * actor who wrote much, but long ago, read almost the whole log. IS NOT NULL is what partial indexes ask for.
 */
export function scanStatement(
  { path, before, floor, size }: ScanStep,
  condition: string,
  value: (bound: unknown) => string,
): string {
  const columns = path.columns.map((column, index) => ({
    name: `entry.${column}`,
    key: `scan_key.key_${index}`,
    values: `${value(path.keys.map((key) => key[index] ?? ''))}::${column === 'run_id' ? 'bigint' : 'text'}[]`,
  }));
  const names = [...columns.map(({ name }) => name), 'entry.id'];
  const keys = columns.map(({ key }) => key);
  return `SELECT scan_key.part, step.id, step.wanted
    FROM unnest(${[...columns.map(({ values }) => values), `${value([...before])}::bigint[]`].join(', ')})
      WITH ORDINALITY AS scan_key (${[...keys.map((key) => key.slice('scan_key.'.length)), 'before', 'part'].join(', ')})
    CROSS JOIN LATERAL (
      SELECT entry.id, (${condition}) AS wanted FROM log_entries entry
      WHERE (${names.join(', ')}) < (${[...keys, 'scan_key.before'].join(', ')})
        AND (${names.join(', ')}) >= (${[...keys, `${value(floor)}::bigint`].join(', ')})
        ${columns.map(({ name }) => `AND ${name} IS NOT NULL`).join(' ')}
      ORDER BY ${names.map((name) => `${name} DESC`).join(', ')}
      LIMIT ${value(size)}
    ) step`;
}
