import { HotspotsError } from '../../errors.ts';
import {
  type EntryConditions,
  type LogEntryFilter,
  logEntryFilterSchema,
  type OneOrMore,
  valuesOf,
} from './filter.ts';

/** What conditions are called in addresses and on the command line. */
export const filterWords = {
  actor: 'actor',
  actorType: 'actorType',
  model: 'model',
  object: 'objectId',
  field: 'field',
  action: 'action',
  run: 'run',
  source: 'source',
  correlation: 'correlationId',
  verdict: 'verdict',
  q: 'contains',
} as const satisfies Record<string, keyof EntryConditions>;

export type FilterWord = keyof typeof filterWords | 'since' | 'until';

/** All words, in the order in which they are written. */
export const allFilterWords: readonly FilterWord[] = [
  'actor',
  'actorType',
  'model',
  'object',
  'field',
  'action',
  'run',
  'source',
  'correlation',
  'verdict',
  'since',
  'until',
  'q',
];

const secondsPerUnit: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

export interface MomentOptions {
  /** What a span is counted back from. */
  now?: Temporal.Instant | undefined;
  /** IANA zone of dates and times that name no offset; default: this machine's. */
  timeZone?: string | undefined;
}

/**
 * A moment from text: so long before now ("30m", "12h", "7d", "4w"), or a date or date-time in ISO 8601.
 *
 * @returns null when it is neither
 */
export function parseMoment(
  text: string,
  { now = Temporal.Now.instant(), timeZone = Temporal.Now.timeZoneId() }: MomentOptions = {},
): Date | null {
  const [, count, unit] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const seconds = secondsPerUnit[unit ?? ''];
  if (count !== undefined && seconds !== undefined) {
    return new Date(now.epochMilliseconds - Number(count) * seconds * 1000);
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  try {
    const instant = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text.slice(10))
      ? Temporal.Instant.from(text)
      : Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).toInstant();
    return new Date(instant.epochMilliseconds);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Conditions = Partial<Record<keyof EntryConditions, string[]>>;

/**
 * A filter from words and their values. The same word given again is another value of which any will do. A
 * "-" in front of a value excludes it; a value that itself begins with "-" or "\" has a "\" in front. Empty
 * values, as forms send them, do not matter.
 *
 * @param call how a word is called where it was given, for messages
 * @throws HotspotsError USAGE naming the word, what is allowed and what was given
 */
export function parseFilter(
  given: Iterable<readonly [word: string, value: string]>,
  call: (word: string) => string,
  moments: MomentOptions = {},
): LogEntryFilter {
  const wanted: Conditions = {};
  const not: Conditions = {};
  const times = new Map<PropertyKey, { date: Date; text: string }>();
  for (const [word, value] of given) {
    if (value === '') continue;
    if (word === 'since' || word === 'until') {
      if (times.has(word)) fail(call(word), 'was given twice; once is allowed', value);
      const date = parseMoment(value, moments) ?? fail(call(word), momentForms, value);
      times.set(word, { date, text: value });
      continue;
    }
    const key = Object.hasOwn(filterWords, word) ? keyOf(word) : undefined;
    if (key === undefined) {
      const known = allFilterWords.map(call).join(', ');
      throw new HotspotsError('USAGE', `There is no filter ${call(word)}. Filters are ${known}.`);
    }
    const excluded = value.startsWith('-');
    const conditions = excluded ? not : wanted;
    const bare = excluded || value.startsWith('\\') ? value.slice(1) : value;
    conditions[key] = [...(conditions[key] ?? []), bare];
  }
  const filter = {
    ...wanted,
    since: times.get('since')?.date,
    until: times.get('until')?.date,
    ...(Object.keys(not).length > 0 && { not }),
  };
  const parsed = logEntryFilterSchema.safeParse(filter);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  throw fail(
    call(wordOfPath(path)),
    issue?.message ?? 'cannot be used',
    times.get(path[0] ?? '')?.text ?? valueAt(filter, path),
  );
}

const momentForms =
  'must be a span such as 30m, 12h, 7d or 4w, or a date such as 2027-03-01 or 2027-03-01T18:00Z';

function keyOf(word: string): keyof EntryConditions | undefined {
  return Object.entries(filterWords).find(([name]) => name === word)?.[1];
}

/** The word that a place in the filter was given by. */
function wordOfPath(path: readonly PropertyKey[]): string {
  const key = path[0] === 'not' ? path[1] : path[0];
  return Object.entries(filterWords).find(([, name]) => name === key)?.[0] ?? String(key);
}

function valueAt(filter: unknown, path: readonly PropertyKey[]): unknown {
  let value = filter;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return value;
    value = Object.entries(value).find(([name]) => name === String(key))?.[1];
  }
  return value;
}

function fail(word: string, problem: string, value: unknown): never {
  throw new HotspotsError('USAGE', `${word} ${problem}; given: ${JSON.stringify(value)?.slice(0, 300)}.`);
}

/**
 * The filter that command-line options ask for, by the same words as in addresses, with "actor-type" for
 * "actorType"; see `parseFilter`.
 *
 * @throws HotspotsError USAGE
 */
export function filterFromFlags(
  flags: Readonly<Record<string, OneOrMore<string> | undefined>>,
  moments: MomentOptions = {},
): LogEntryFilter {
  const given = Object.entries(flags).flatMap(([flag, values]) =>
    (typeof values === 'string' ? [values] : (values ?? [])).map(
      (value) => [wordOfFlag(flag), value] as const,
    ),
  );
  return parseFilter(
    given,
    (word) => `--${word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    moments,
  );
}

function wordOfFlag(flag: string): string {
  return flag === 'actor-type' ? 'actorType' : flag;
}

/**
 * The filter that an address asks for, as `?actor=-scraper@example.org&since=7d`; see `parseFilter`.
 *
 * @param otherWords what else the page's address may hold, as "before". A word that is neither is an error:
 *   a misspelt condition must not widen what a page shows or undoes.
 * @throws HotspotsError USAGE
 */
export function filterFromQuery(
  query: URLSearchParams,
  { otherWords = [], ...moments }: MomentOptions & { otherWords?: readonly string[] } = {},
): LogEntryFilter {
  const given = [...query].filter(([word]) => !otherWords.includes(word));
  return parseFilter(given, (word) => word, moments);
}

/** A filter as the query of an address, in plain words; `filterFromQuery` reads it back. */
export function filterToQuery(filter: LogEntryFilter): URLSearchParams {
  const query = new URLSearchParams();
  for (const word of allFilterWords) {
    if (word === 'since' || word === 'until') {
      const time = filter[word];
      if (time !== undefined) query.append(word, time.toISOString());
      continue;
    }
    const key: keyof EntryConditions = filterWords[word];
    for (const value of valuesOf(filter[key]))
      query.append(word, /^[-\\]/.test(value) ? `\\${value}` : value);
    for (const value of valuesOf(filter.not?.[key])) query.append(word, `-${value}`);
  }
  return query;
}
