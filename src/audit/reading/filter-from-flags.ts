import type { LogEntryFilter, OneOrMore } from './log-entry-filter.ts';
import { parseFilter } from './parse-filter.ts';
import type { MomentOptions } from './parse-moment.ts';

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
    (typeof values === 'string' ? [values] : (values ?? [])).map((value) => [wordOf(flag), value] as const),
  );
  return parseFilter(
    given,
    (word) => `--${word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    moments,
  );
}

function wordOf(flag: string): string {
  return flag === 'actor-type' ? 'actorType' : flag;
}
