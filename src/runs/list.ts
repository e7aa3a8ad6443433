import { Op, QueryTypes, type Sequelize, type WhereOptions } from 'sequelize';
import { parseMoment } from '../audit/read/index.ts';
import { onlyRow } from '../database/only-row.ts';
import { HotspotsError } from '../errors.ts';
import { isStorable, quoted } from '../text.ts';
import type { IdPage } from '../write-policy/index.ts';
import { Run, runKinds, verdicts } from './run.ts';

/** How many flagged runs nobody has judged yet. */
export async function countWaitingRuns(sequelize: Sequelize): Promise<number> {
  const { count } = onlyRow(
    await sequelize.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM runs WHERE verdict IS NULL AND flags <> '[]'",
      { type: QueryTypes.SELECT },
    ),
  );
  return count;
}

/** Conditions whose values are compared as they are. */
const wordsOfRun = ['actor', 'spider', 'source', 'kind', 'verdict'] as const;
type WordOfRun = (typeof wordsOfRun)[number];

/** Which runs are wanted. All conditions must hold; of several values any will do. */
export interface RunFilter extends Partial<Record<WordOfRun, readonly string[]>> {
  /** Only runs with flags. */
  flagged?: boolean;
  /** By when the run started: inclusive. */
  since?: Date;
  /** Exclusive. */
  until?: Date;
  /** What a run must not be. */
  not?: Partial<Record<WordOfRun, readonly string[]>>;
}

/** All words of the filter, in the order in which they are written. */
export const runFilterWords = [...wordsOfRun, 'flagged', 'since', 'until'] as const;

const allowed: Partial<Record<WordOfRun, readonly string[]>> = {
  kind: runKinds,
  verdict: ['none', ...verdicts],
};

/**
 * A filter of runs from words and their values, as in `parseFilter` of the log: given again, a word allows another
 * value; a "-" in front of a value excludes it; empty values do not matter.
 *
 * @param call how a word is called where it was given, for messages
 * @throws HotspotsError USAGE
 */
export function parseRunFilter(
  given: Iterable<readonly [word: string, value: string]>,
  call: (word: string) => string = (word) => word,
): RunFilter {
  const wanted: Partial<Record<WordOfRun, string[]>> = {};
  const not: Partial<Record<WordOfRun, string[]>> = {};
  const filter: RunFilter = {};
  for (const [word, value] of given) {
    if (value === '') continue;
    if (word === 'since' || word === 'until') filter[word] = moment(call(word), value);
    else if (word === 'flagged') filter.flagged = value !== '0';
    else {
      const key = wordsOfRun.find((known) => known === word);
      if (key === undefined) {
        const known = runFilterWords.map(call).join(', ');
        throw new HotspotsError('USAGE', `There is no filter ${call(word)}. Filters of runs are ${known}.`);
      }
      const [conditions, bare] = value.startsWith('-') ? [not, value.slice(1)] : [wanted, value];
      checkWord(call(word), bare, allowed[key]);
      conditions[key] = [...(conditions[key] ?? []), key === 'actor' ? bare.toLowerCase() : bare];
    }
  }
  return { ...filter, ...wanted, ...(Object.keys(not).length > 0 && { not }) };
}

/** The filter as the query of an address; `parseRunFilter` reads it back. */
export function runFilterToQuery(filter: RunFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const word of wordsOfRun) {
    for (const value of filter[word] ?? []) query.append(word, value);
    for (const value of filter.not?.[word] ?? []) query.append(word, `-${value}`);
  }
  if (filter.flagged !== undefined) query.append('flagged', filter.flagged ? '1' : '0');
  for (const word of ['since', 'until'] as const) {
    const time = filter[word];
    if (time !== undefined) query.append(word, time.toISOString());
  }
  return query;
}

function moment(word: string, value: string): Date {
  const found = parseMoment(value);
  if (found !== null) return found;
  throw new HotspotsError(
    'USAGE',
    `${word} must be a span such as 30m, 12h, 7d or 4w, or a date such as 2027-03-01; given: ${quoted(value)}.`,
  );
}

function checkWord(word: string, value: string, words: readonly string[] | undefined): void {
  if (!isStorable(value) || words?.includes(value) === false) {
    const wanted = words === undefined ? 'plain text' : `one of ${words.join(', ')}`;
    throw new HotspotsError('USAGE', `${word} must be ${wanted}; given: ${quoted(value)}.`);
  }
}

export interface RunList {
  /** Flagged runs that nobody has judged, the newest first; on the first page only. */
  waiting: Run[];
  /** The others, the newest first. */
  runs: Run[];
  /** Give this as `before` for the next page; null when there is none. */
  next: string | null;
}

/** More flagged runs than this are no queue that somebody works off. */
const mostWaiting = 100;

const columns = {
  actor: 'actorEmail',
  spider: 'spider',
  source: 'sourceName',
  kind: 'kind',
  verdict: 'verdict',
} as const;

/** Runs that fit a filter, a page at a time. What they are judged by is stored with them: nothing else is read. */
export async function listRuns(sequelize: Sequelize, filter: RunFilter, page: IdPage): Promise<RunList> {
  const flagged = sequelize.literal("flags <> '[]'");
  const where = [...conditionsOf(filter), ...(filter.flagged ? [flagged] : [])];
  if (filter.flagged === false) where.push(sequelize.literal("flags = '[]'"));
  const isWaiting = [flagged, { verdict: null }];
  const waiting =
    page.before === undefined
      ? await Run.findAll({
          where: { [Op.and]: [...where, ...isWaiting] },
          order: [['id', 'DESC']],
          limit: mostWaiting,
        })
      : [];
  // Those that wait stand above, whatever their age.
  const others = sequelize.literal("(verdict IS NOT NULL OR flags = '[]')");
  const found = await Run.findAll({
    where: {
      [Op.and]: [...where, others, ...(page.before === undefined ? [] : [{ id: { [Op.lt]: page.before } }])],
    },
    order: [['id', 'DESC']],
    limit: page.limit + 1,
  });
  const runs = found.slice(0, page.limit);
  return { waiting, runs, next: found.length > runs.length ? (runs.at(-1)?.id ?? null) : null };
}

function conditionsOf({ not, since, until, flagged: _, ...wanted }: RunFilter): WhereOptions[] {
  const conditions: WhereOptions[] = [];
  for (const [word, column] of Object.entries(columns)) {
    const [values, excluded] = [valuesOf(wanted, word), valuesOf(not ?? {}, word)];
    if (values !== undefined) conditions.push(isOneOf(column, values));
    if (excluded !== undefined) conditions.push({ [Op.not]: isOneOf(column, excluded) });
  }
  if (since !== undefined) conditions.push({ startedAt: { [Op.gte]: since } });
  if (until !== undefined) conditions.push({ startedAt: { [Op.lt]: until } });
  return conditions;
}

function valuesOf(
  conditions: Readonly<Record<string, unknown>> | object,
  word: string,
): string[] | undefined {
  const values: unknown = Reflect.get(conditions, word);
  return Array.isArray(values) ? values.map(String) : undefined;
}

/** A missing value is not the excluded one; "none" is how a missing verdict is called. */
function isOneOf(column: string, values: readonly string[]): WhereOptions {
  const isNone = column === 'verdict' && values.includes('none');
  const condition = { [column]: { [Op.and]: [{ [Op.not]: null }, { [Op.in]: [...values] }] } };
  return isNone ? { [Op.or]: [condition, { [column]: null }] } : condition;
}

/** The options that a management command was given, as they were typed; null for none. */
export function optionsOfRun({ kind, details }: Pick<Run, 'kind' | 'details'>): string | null {
  const { options } = details;
  if (kind !== 'command' || typeof options !== 'object' || options === null) return null;
  const words = Object.entries(options).flatMap(([name, value]: [string, unknown]) =>
    [value].flat().map((each) => (each === true ? `--${name}` : `--${name}=${String(each)}`)),
  );
  return words.length === 0 ? null : words.join(' ');
}

type TitledRun = Pick<Run, 'kind' | 'spider' | 'sourceName' | 'revertsRunId' | 'details'>;

/**
 * What a run is, in a few words: "events, town-library", "undo of run 5", "import of places.csv",
 * "command cleanup-duplicates". Names of sources and files are as they were given: escape them.
 */
export function runTitle(run: TitledRun): string {
  return run.details.dryRun === true ? `${titleOf(run)} (dry run)` : titleOf(run);
}

function titleOf({ kind, spider, sourceName, revertsRunId, details }: TitledRun): string {
  if (kind === 'crawl') return `${spider}, ${sourceName}`;
  if (kind === 'undo') return revertsRunId === null ? 'undo' : `undo of run ${revertsRunId}`;
  if (kind === 'import') return typeof details.file === 'string' ? `import of ${details.file}` : 'import';
  return typeof details.command === 'string' ? `command ${details.command}` : 'command';
}
