import { type Actor, resolveAutomatedActor } from '../../audit/index.ts';
import { automatedUser, User } from '../../records/index.ts';
import { actingPerson } from '../../runs/index.ts';
import type { OptionSpecs, ParsedArguments } from '../arguments.ts';
import { type Command, type CommandGroup, type ExitCode, exitCodes } from '../command.ts';
import { managementCommands } from '../manage/built-in.ts';
import type { ManagementCommand } from '../manage/define-management-command.ts';
import { CommandProgress, showEntries, showOutcome } from '../manage/output.ts';
import { runManagementCommand } from '../manage/runner.ts';
import { stopOnSignal } from '../progress.ts';
import { writeOutput } from '../terminal.ts';
import { withDatabase } from './options.ts';

/** Options that every management command has. */
const shared: OptionSpecs = {
  'dry-run': { type: 'boolean', help: 'print the log entries that it would write, and take everything back' },
  json: { type: 'boolean', help: 'one JSON object on stdout; of a dry run the entries first, a line each' },
};

const asOption: OptionSpecs = {
  as: {
    type: 'string',
    value: 'EMAIL',
    help: 'who does it; HOTSPOTS_USER, or the system user, if not given',
  },
};

/** `hotspots manage`: the management commands. */
export const manage: CommandGroup = {
  commands: [...managementCommands.values()].map((command) => ({
    name: `manage ${command.name}`,
    summary: command.summary,
    example: command.examples[0],
    load: async () => asCommand(command),
  })),
};

function asCommand(command: ManagementCommand): Command {
  return {
    usage: `${command.usage} [--dry-run]`.trimStart(),
    options: { ...command.options, ...(command.byPerson && asOption), ...shared },
    positionals: 0,
    examples: command.examples.slice(1),
    run: (given) => execute(command, given),
  };
}

async function execute(command: ManagementCommand, given: ParsedArguments): Promise<ExitCode> {
  const { name, byPerson } = command;
  const work = await command.prepare(given);
  return await withDatabase(async ({ sequelize }) => {
    const by = byPerson ? await actingPerson(given.text('as')) : await systemActor(given.flag('dry-run'));
    const json = given.flag('json');
    const progress = new CommandProgress(name);
    using stop = stopOnSignal('the batch that is being written');
    try {
      const outcome = await runManagementCommand(sequelize, work, {
        name,
        by,
        options: givenOptions(command, given),
        signal: stop.signal,
        onBatch: (counts) => progress.show(counts),
        ...(given.flag('dry-run') && {
          onEntries: (entries) => {
            progress.clear();
            return showEntries(entries, json);
          },
        }),
      });
      progress.clear();
      await writeOutput(showOutcome(name, outcome, json));
      return outcome.state === 'finished' ? exitCodes.done : exitCodes.incomplete;
    } finally {
      progress.clear();
    }
  });
}

/** A dry run does not even make the system user where it is missing. */
async function systemActor(dryRun: boolean): Promise<Actor> {
  if (!dryRun) return await resolveAutomatedActor('system');
  const { email } = automatedUser('system');
  return (await User.findOne({ where: { email } })) ?? { id: null, email };
}

function givenOptions({ options }: ManagementCommand, given: ParsedArguments): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, { type, multiple }]): [string, unknown][] => {
      if (type === 'boolean') return given.flag(name) ? [[name, true]] : [];
      const texts = given.texts(name);
      return texts.length === 0 ? [] : [[name, multiple === true ? texts : texts[0]]];
    }),
  );
}
