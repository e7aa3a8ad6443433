import { parseMoment } from '../audit/read/index.ts';
import { HotspotsError } from '../errors.ts';
import { runKinds, verdicts } from '../models/run.ts';

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
    `${word} must be a span such as 30m, 12h, 7d or 4w, or a date such as 2027-03-01; given: ${JSON.stringify(value.slice(0, 100))}.`,
  );
}

function checkWord(word: string, value: string, words: readonly string[] | undefined): void {
  if (value.includes('\0') || !value.isWellFormed() || words?.includes(value) === false) {
    const wanted = words === undefined ? 'plain text' : `one of ${words.join(', ')}`;
    throw new HotspotsError(
      'USAGE',
      `${word} must be ${wanted}; given: ${JSON.stringify(value.slice(0, 100))}.`,
    );
  }
}
