import type { OptionSpecs, ParsedArguments } from './arguments.ts';

/** A command line to copy, and what it does. */
export type Example = readonly [command: string, effect: string];

/** What a command is besides its name and summary, which stand in the list of commands, `commands.ts`. */
export interface Command {
  /** The words after the name, as the usage line shows them. */
  readonly usage: string;
  readonly options: OptionSpecs;
  /** How many words besides options it takes, at most. */
  readonly positionals: number;
  /** Shown after the example of the list. */
  readonly examples?: readonly Example[];
  /** @returns the exit code. Wrong usage is thrown as HotspotsError USAGE. */
  run(given: ParsedArguments): Promise<ExitCode>;
}

/** A command as the help lists it. Its own file is loaded when it is asked for. */
export interface ListedCommand {
  /** The words after `hotspots`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly example: Example;
  load(): Promise<Command | CommandGroup>;
}

/** Commands whose names begin with the group's, and which only the group's own help lists. */
export interface CommandGroup {
  readonly commands: readonly ListedCommand[];
}

export const exitCodes = { done: 0, failed: 1, usage: 2, incomplete: 3 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
