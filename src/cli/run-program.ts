import { exitCodeOf, HotspotsError } from '../errors.ts';
import { nearestWord, parseArguments, usageError } from './arguments.ts';
import { type Command, type CommandGroup, type ExitCode, exitCodes } from './command.ts';
import { commandHelp, programHelp } from './help.ts';
import { safeText, writeOutput } from './terminal.ts';

/**
 * The commands, loaded when they are asked for: the help must not wait for a database driver. A command of a
 * group has two words.
 */
const commands: Readonly<Record<string, () => Promise<Command | CommandGroup>>> = {
  crawl: async () => (await import('./commands/crawl.ts')).crawl,
  review: async () => (await import('./commands/review.ts')).review,
  undo: async () => (await import('./commands/undo.ts')).undo,
  history: async () => (await import('./commands/history.ts')).history,
  holds: async () => (await import('./commands/holds.ts')).holds,
  suggestions: async () => (await import('./commands/suggestions.ts')).suggestions,
  release: async () => (await import('./commands/release.ts')).release,
  resume: async () => (await import('./commands/release.ts')).resume,
  serve: async () => (await import('./commands/serve.ts')).serve,
  'user create': async () => (await import('./commands/user.ts')).create,
  'user password': async () => (await import('./commands/user.ts')).password,
  'user role': async () => (await import('./commands/user.ts')).role,
  'user activate': async () => (await import('./commands/user.ts')).activate,
  'user deactivate': async () => (await import('./commands/user.ts')).deactivate,
  'user list': async () => (await import('./commands/user.ts')).list,
  'token create': async () => (await import('./commands/token.ts')).create,
  'token list': async () => (await import('./commands/token.ts')).list,
  'token revoke': async () => (await import('./commands/token.ts')).revoke,
  'webhook add': async () => (await import('./commands/webhook.ts')).add,
  'webhook list': async () => (await import('./commands/webhook.ts')).list,
  'webhook remove': async () => (await import('./commands/webhook.ts')).remove,
  'webhook deliver': async () => (await import('./commands/webhook.ts')).deliver,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  import: async () => (await import('./commands/import.ts')).importCommand,
  manage: async () => (await import('./commands/manage.ts')).manage,
  worker: async () => (await import('./commands/worker.ts')).worker,
  schedule: async () => (await import('./commands/schedule.ts')).schedule,
  jobs: async () => (await import('./commands/jobs.ts')).jobs,
  'jobs send': async () => (await import('./commands/jobs.ts')).send,
  'jobs run': async () => (await import('./commands/jobs.ts')).run,
  'jobs retry': async () => (await import('./commands/jobs.ts')).retry,
  'jobs discard': async () => (await import('./commands/jobs.ts')).discard,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  spiders: async () => (await import('./commands/spiders.ts')).spiders,
  'audit verify': async () => (await import('./commands/audit/verify.ts')).verify,
  'audit seal': async () => (await import('./commands/audit/seal.ts')).seal,
  'audit find-writes': async () => (await import('./commands/audit/find-writes.ts')).findWrites,
};

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
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const help = await programHelp(await Promise.all(Object.values(commands).map((load) => load())));
    // Without any word the help is an answer to wrong usage: data it is not.
    if (name !== undefined) await writeOutput(help);
    else process.stderr.write(`${help}\n`);
    return name === undefined ? exitCodes.usage : exitCodes.done;
  }
  const group = Object.keys(commands).filter((each) => each.startsWith(`${name} `));
  if (group.length > 0 && (rest[0] === '--help' || rest[0] === '-h')) {
    await writeOutput(programHelp(await Promise.all(group.flatMap((each) => commands[each]?.() ?? []))));
    return exitCodes.done;
  }
  const grouped = `${name} ${rest[0] ?? ''}`;
  const isGrouped = Object.hasOwn(commands, grouped);
  if (isGrouped) rest.shift();
  const load = isGrouped || Object.hasOwn(commands, name) ? commands[isGrouped ? grouped : name] : undefined;
  if (load === undefined) throw unknownCommand(name, rest[0], group);
  const command = await load();
  return 'commands' in command ? await runOfGroup(command, rest) : await run(command, rest);
}

async function run(command: Command, args: readonly string[]): Promise<ExitCode> {
  if (args.includes('--help') || args.includes('-h')) {
    await writeOutput(commandHelp(command));
    return exitCodes.done;
  }
  return await command.run(parseArguments(command.name, command.options, command.positionals, args));
}

/** A command of a group that is loaded as one; its name may have several words. */
async function runOfGroup(
  { name, commands: group }: CommandGroup,
  args: readonly string[],
): Promise<ExitCode> {
  const found = group.find((command) => `${name} ${args.join(' ')} `.startsWith(`${command.name} `));
  if (found !== undefined) return await run(found, args.slice(found.name.split(' ').length - 1));
  if (args[0] === '--help' || args[0] === '-h') {
    await writeOutput(programHelp(group));
    return exitCodes.done;
  }
  const firstOption = args.findIndex((word) => word.startsWith('-'));
  const words = firstOption === -1 ? args : args.slice(0, firstOption);
  throw unknownCommand(
    name,
    words.length === 0 ? undefined : words.join(' '),
    group.map((command) => command.name),
  );
}

function unknownCommand(name: string, word: string | undefined, group: readonly string[]): HotspotsError {
  if (group.length > 0 && word === undefined) {
    return usageError('', `${name} needs one more word. Commands are ${group.join(', ')}.`);
  }
  const names = group.length > 0 ? group : Object.keys(commands);
  const given = group.length > 0 ? `${name} ${word}` : name;
  const nearest = nearestWord(given, names);
  return usageError(
    '',
    `There is no command ${JSON.stringify(given)}. ` +
      (nearest === null ? `Commands are ${names.join(', ')}.` : `Did you mean ${nearest}?`),
  );
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') return;
  process.stderr.write(`The output cannot be written: ${error.message}. Make room, or write it elsewhere.\n`);
  process.exit(exitCodes.failed);
}
