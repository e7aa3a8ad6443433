import type { OptionSpecs, ParsedArguments } from './arguments.ts';

/** One word after `hotspots`. One file each; `run-program.ts` lists them. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The words after the name, as the usage line shows them. */
  readonly usage: string;
  readonly options: OptionSpecs;
  /** How many words besides options it takes, at most. */
  readonly positionals: number;
  /** Commands to copy, each with what it does. */
  readonly examples: readonly (readonly [command: string, effect: string])[];
  /** @returns the exit code. Wrong usage is thrown as HotspotsError USAGE. */
  run(given: ParsedArguments): Promise<ExitCode>;
}

/** Commands that are loaded together. Their names begin with the group's. */
export interface CommandGroup extends Pick<Command, 'name' | 'summary' | 'examples'> {
  readonly commands: readonly Command[];
}

export const exitCodes = { done: 0, failed: 1, usage: 2, incomplete: 3 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
