import { HotspotsError } from '../../errors.ts';
import { allFilterWords, filterWords } from './filter-words.ts';
import type { EntryConditions, LogEntryFilter } from './log-entry-filter.ts';
import { logEntryFilterSchema } from './log-entry-filter-schema.ts';
import { type MomentOptions, parseMoment } from './parse-moment.ts';

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
    call(wordOf(path)),
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
function wordOf(path: readonly PropertyKey[]): string {
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
