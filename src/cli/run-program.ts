import { exitCodeOf, HotspotsError } from '../errors.ts';
import { nearestWord, parseArguments, usageError } from './arguments.ts';
import { type CommandGroup, type ExitCode, exitCodes, type ListedCommand } from './command.ts';
import { commands } from './commands.ts';
import { commandHelp, programHelp } from './help.ts';
import { safeText, writeOutput } from './terminal.ts';

/**
 * Runs one command line.
 *
 * @param args the words after the program's name
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 done with something skipped or failed on the way
 */
export async function runProgram(args: readonly string[]): Promise<ExitCode> {
  // A reader that goes away (`| head`) ends the output, not the work.
  for (const stream of [process.stdout, process.stderr]) {
    stream.off('error', ignoreClosedPipe);
    stream.on('error', ignoreClosedPipe);
  }
  try {
    return await dispatch(args);
  } catch (error) {
    if (!(error instanceof HotspotsError)) {
      // Not raised on purpose: a fault of the program, whose stack is what a report of it needs.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${text.split('\n').map(safeText).join('\n')}\n`);
      return exitCodes.failed;
    }
    process.stderr.write(`${error.message.split('\n').map(safeText).join('\n')}\n`);
    return exitCodeOf(error.code);
  }
}

async function dispatch(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args;
  // Without any word the help is an answer to wrong usage: data it is not.
  if (name === undefined) {
    process.stderr.write(`${programHelp(commands)}\n`);
    return exitCodes.usage;
  }
  if (isHelp(name) || name === 'help') return await showHelp(programHelp(commands));
  const found = commandOf(commands, args);
  const group = commands.filter((each) => each.name.startsWith(`${name} `));
  if (group.length > 0 && isHelp(rest[0])) return await showHelp(programHelp(group));
  if (found === undefined) throw unknownCommand(name, rest[0], group);
  return await run(found, args);
}

/** The command that the first words name. Of `jobs` and `jobs send` the longer. */
function commandOf(list: readonly ListedCommand[], args: readonly string[]): ListedCommand | undefined {
  return list
    .filter(({ name }) => name.split(' ').every((word, index) => word === args[index]))
    .toSorted((a, b) => b.name.length - a.name.length)[0];
}

/** @param args all words, from the name of the command on */
async function run(listed: ListedCommand, args: readonly string[]): Promise<ExitCode> {
  const command = await listed.load();
  const rest = args.slice(listed.name.split(' ').length);
  if ('commands' in command) return await runOfGroup(listed.name, command, args, rest);
  if (rest.some(isHelp)) return await showHelp(commandHelp(listed, command));
  return await command.run(parseArguments(listed.name, command.options, command.positionals, rest));
}

async function runOfGroup(
  name: string,
  { commands: group }: CommandGroup,
  args: readonly string[],
  rest: readonly string[],
): Promise<ExitCode> {
  const found = commandOf(group, args);
  if (found !== undefined) return await run(found, args);
  if (isHelp(rest[0])) return await showHelp(programHelp(group));
  const firstOption = rest.findIndex((word) => word.startsWith('-'));
  const words = firstOption === -1 ? rest : rest.slice(0, firstOption);
  throw unknownCommand(name, words.length === 0 ? undefined : words.join(' '), group);
}

function unknownCommand(
  name: string,
  word: string | undefined,
  group: readonly ListedCommand[],
): HotspotsError {
  const names = (group.length > 0 ? group : commands).map((command) => command.name);
  if (group.length > 0 && word === undefined) {
    return usageError('', `${name} needs one more word. Commands are ${names.join(', ')}.`);
  }
  const given = group.length > 0 ? `${name} ${word}` : name;
  const nearest = nearestWord(given, names);
  return usageError(
    '',
    `There is no command ${JSON.stringify(given)}. ` +
      (nearest === null ? `Commands are ${names.join(', ')}.` : `Did you mean ${nearest}?`),
  );
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

async function showHelp(text: string): Promise<ExitCode> {
  await writeOutput(text);
  return exitCodes.done;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`The output cannot be written: ${error.message}. Make room, or write it elsewhere.\n`);
  process.exit(exitCodes.failed);
}
