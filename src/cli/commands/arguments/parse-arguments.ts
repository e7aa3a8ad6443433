import { parseArgs } from 'node:util';
import { HotspotsError } from '../../../errors.ts';
import { nearestWord } from './nearest-word.ts';

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
