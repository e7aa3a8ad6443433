import { QueryTypes, type Sequelize } from 'sequelize';
import { onlyRow } from '../../database/only-row.ts';
import { type LogEntryFilter, type ReadingContext, valuesOf } from './filter.ts';

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

/**
 * The different values of an indexed column, by one look into the index for each: counting them by reading
 * every entry would take seconds.
 *
 * @returns undefined when there are more than are worth looking at one by one
 */
export async function distinctValues(
  sequelize: Sequelize,
  column: 'model' | 'actor_email',
): Promise<string[] | undefined> {
  const rows = await sequelize.query<{ value: string }>(
    `WITH RECURSIVE found AS (
       (SELECT ${column} AS value FROM log_entries ORDER BY ${column} LIMIT 1)
       UNION ALL
       SELECT (SELECT ${column} FROM log_entries WHERE ${column} > found.value ORDER BY ${column} LIMIT 1)
       FROM found WHERE found.value IS NOT NULL
     )
     SELECT value FROM found WHERE value IS NOT NULL LIMIT ${maxKeys + 1}`,
    { type: QueryTypes.SELECT },
  );
  return rows.length > maxKeys ? undefined : rows.map(({ value }) => value);
}

/** Above every id. */
export const newestId = '9223372036854775807';

/**
 * How many entries of each key one statement looks at, which is few enough that it always goes by the index
 * it should. The first statement of a page needs not look at many.
 */
export function stepSize(keys: number, limit = 5000): number {
  return Math.max(
    10,
    Math.min(limit, Math.ceil(20_000 / keys)),
    Math.ceil((limit < 5000 ? 500 : 5000) / keys),
  );
}

/**
 * How many entries one call looks at before it hands over what it has: about a tenth of a second, three of
 * them when it reads every value.
 */
export function readingLimit({ contains, not }: LogEntryFilter): number {
  return contains === undefined && not?.contains === undefined ? 100_000 : 20_000;
}

/**
 * The lowest id that an entry of that time or later can have; null when there is no such entry. An entry's id
 * and time are drawn together, so that only writes at the same moment are out of order: the first thousand
 * are looked at.
 */
export async function lowestIdSince(sequelize: Sequelize, since: Date): Promise<string | null> {
  const { id } = onlyRow(
    await sequelize.query<{ id: string | null }>(
      `SELECT min(id) AS id FROM (
       SELECT id FROM log_entries WHERE timestamp >= $1 ORDER BY timestamp, id LIMIT 1000
     ) first_entries`,
      { bind: [since], type: QueryTypes.SELECT },
    ),
  );
  return id;
}

/** The way through the log by which a filter's entries are found with the least reading. */
export async function choosePath(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  context: ReadingContext,
): Promise<ScanPath> {
  if (filter.objectId !== undefined) {
    const models =
      filter.model === undefined ? await distinctValues(sequelize, 'model') : valuesOf(filter.model);
    const ids = valuesOf(filter.objectId);
    const keys = models?.flatMap((model) => ids.map((id) => [model, id]));
    if (keys !== undefined && keys.length <= maxKeys) return { columns: ['model', 'object_id'], keys };
  }
  if (filter.correlationId !== undefined) return along('correlation_id', valuesOf(filter.correlationId));
  const runs = filter.run === undefined ? undefined : valuesOf(filter.run);
  if (runs !== undefined && runs.length <= maxKeys) return along('run_id', runs);
  const actors = await actorsOf(sequelize, filter, context);
  const byActor = actors === undefined ? undefined : along('actor_email', actors);
  const byModel = filter.model === undefined ? undefined : along('model', valuesOf(filter.model));
  if (byActor === undefined || byModel === undefined) return byActor ?? byModel ?? wholeLog;
  const [actorSize, modelSize] = [await sizeUpTo(sequelize, byActor), await sizeUpTo(sequelize, byModel)];
  return modelSize < actorSize ? byModel : byActor;
}

function along(
  column: 'actor_email' | 'run_id' | 'correlation_id' | 'model',
  values: readonly string[],
): ScanPath {
  return { columns: [column], keys: [...new Set(values)].map((value) => [value]) };
}

/** The actors that fit, or undefined when the filter names none or they are too many to look at one by one. */
async function actorsOf(
  sequelize: Sequelize,
  { actor, actorType }: LogEntryFilter,
  { actorEmails }: ReadingContext,
): Promise<readonly string[] | undefined> {
  if (actor !== undefined) return valuesOf(actor).map((email) => email.toLowerCase());
  if (actorType === undefined) return undefined;
  const automated = {
    scraper: actorEmails?.scraper.toLowerCase(),
    system: actorEmails?.system.toLowerCase(),
  };
  const all = await distinctValues(sequelize, 'actor_email');
  const types = valuesOf(actorType);
  return all?.filter((email) => {
    if (email === automated.scraper) return types.includes('scraper');
    if (email === automated.system) return types.includes('system');
    return types.includes(email.startsWith('database:') ? 'database' : 'user');
  });
}

const enough = 2000;

/** How many entries lie along a path, if fewer than `enough`. */
async function sizeUpTo(sequelize: Sequelize, path: ScanPath): Promise<number> {
  const bind: unknown[] = [];
  const step = { path, before: path.keys.map(() => newestId), floor: '0', size: enough };
  const statement = scanStatement(step, 'true', (bound) => `$${bind.push(bound)}`);
  const { size } = onlyRow(
    await sequelize.query<{ size: number }>(
      `SELECT count(*)::int AS size FROM (${statement} LIMIT ${enough}) step`,
      { bind, type: QueryTypes.SELECT },
    ),
  );
  return size;
}

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
