import { parseArgs } from 'node:util';
import { HotspotsError } from '../errors.ts';
import { isId } from '../ids.ts';

/**
 * The word that a mistyped one was probably meant to be.
 *
 * @returns null when none is near: more than a third of the letters would have to change
 */
export function nearestWord(given: string, words: readonly string[]): string | null {
  let nearest: string | null = null;
  let smallest = Math.max(2, Math.floor(given.length / 3)) + 1;
  for (const word of words) {
    const distance = editDistance(given.slice(0, 64).toLowerCase(), word.toLowerCase());
    if (distance < smallest) {
      smallest = distance;
      nearest = word;
    }
  }
  return nearest;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitute = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

export interface OptionSpec {
  type: 'string' | 'boolean';
  multiple?: boolean;
  /** What stands for the value in the help: `--limit=N`. */
  value?: string;
  help: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The options and words that a command was given. */
export interface ParsedArguments {
  /** The value of a string option; of several, the last. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  readonly positionals: readonly string[];
}

/**
 * Reads a command's arguments: `--name=value`, `--name value`, `--flag`, words.
 *
 * @throws HotspotsError USAGE with one line: what was wrong, what is allowed
 */
export function parseArguments(
  command: string,
  specs: OptionSpecs,
  maxPositionals: number,
  args: readonly string[],
): ParsedArguments {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type, multiple = false }]) => [name, { type, multiple }]),
  );
  // Not strict: the messages below name the nearest option and the way to the help.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (spec === undefined) throw unknownOption(command, token.rawName, specs);
    if (spec.type === 'boolean') {
      if (token.value !== undefined) {
        throw usageError(command, `${token.rawName} takes no value; given: ${JSON.stringify(token.value)}.`);
      }
      flags.add(token.name);
      continue;
    }
    if (token.value === undefined || token.value === '') {
      throw usageError(command, `${token.rawName} needs a value: ${token.rawName}=${spec.value ?? 'VALUE'}.`);
    }
    const earlier = values.get(token.name) ?? [];
    if (earlier.length > 0 && spec.multiple !== true) {
      throw usageError(command, `${token.rawName} was given twice; once is allowed.`);
    }
    values.set(token.name, [...earlier, token.value]);
  }
  const tooMany = positionals[maxPositionals];
  if (tooMany !== undefined) {
    throw usageError(command, `${JSON.stringify(tooMany)} is one word too many. Options begin with --.`);
  }
  return {
    text: (name) => values.get(name)?.at(-1),
    texts: (name) => values.get(name) ?? [],
    flag: (name) => flags.has(name),
    positionals,
  };
}

/** An error for wrong usage, with the way to the help. */
export function usageError(command: string, message: string): HotspotsError {
  return new HotspotsError(
    'USAGE',
    `${message} See: npm run hotspots -- ${command} --help`.replace('  ', ' '),
  );
}

function unknownOption(command: string, given: string, specs: OptionSpecs): HotspotsError {
  const names = Object.keys(specs);
  const nearest = nearestWord(given.replace(/^-+/, ''), names);
  const hint =
    nearest === null
      ? `Options are ${names.map((name) => `--${name}`).join(', ')}.`
      : `Did you mean --${nearest}?`;
  return usageError(command, `${command} has no option ${given}. ${hint}`);
}

/** Adds the way to a command's help to what `read` says of wrong usage. */
export function asUsage<Result>(command: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof HotspotsError && error.code === 'USAGE'
      ? usageError(command, error.message)
      : error;
  }
}

/**
 * One of a few words from an option's text.
 * @throws HotspotsError USAGE when it is another word
 */
export function choiceOf<T extends string>(
  command: string,
  option: string,
  text: string | undefined,
  words: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  const nearest = nearestWord(text, words);
  throw usageError(
    command,
    `${option} must be one of ${words.join(', ')}; given: ${JSON.stringify(text)}.` +
      (nearest === null ? '' : ` Did you mean ${nearest}?`),
  );
}

/**
 * The number of a run, change or plan.
 *
 * @throws HotspotsError USAGE for anything else
 */
export function idOf(command: string, option: string, text: string | undefined): string | undefined {
  if (text === undefined || isId(text)) return text;
  throw usageError(command, `${option} must be a number such as 12; given: ${JSON.stringify(text)}.`);
}

/** Options to give again, for the command that shows the next page: quoted for a shell, with a space in front of each. */
export function repeatOptions(given: ParsedArguments, names: readonly string[]): string {
  return names
    .flatMap((name) => [
      ...(given.flag(name) ? [` --${name}`] : []),
      ...given.texts(name).map((text) => ` --${name}=${quoted(text)}`),
    ])
    .join('');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A whole number from an option's text.
 * @throws HotspotsError USAGE when it is not one, or is outside the range
 */
export function wholeNumber(
  command: string,
  option: string,
  text: string | undefined,
  range: { min: number; max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= range.min && number <= range.max) return number;
  throw usageError(
    command,
    `${option} must be a whole number from ${range.min} to ${range.max}; given: ${JSON.stringify(text)}.`,
  );
}
