import type { Sequelize } from 'sequelize';
import type { BatchCounts, BatchedResult, BatchOptions, Transact } from '../../records/operations/index.ts';
import type { OptionSpecs, ParsedArguments } from '../arguments.ts';
import type { Example } from '../command.ts';

/**
 * What a command works with. Its author is set inside `transact` and nowhere else: a command that does not hand the
 * context on to what writes is refused with AUDIT_NO_ACTOR, whether it is a dry run or not.
 */
export interface CommandContext extends BatchOptions {
  readonly sequelize: Sequelize;
  readonly signal: AbortSignal;
  readonly onBatch: (counts: BatchCounts) => void;
  readonly transact: Transact;
}

/** A management command whose options are still to be read. */
export interface ManagementCommand {
  readonly name: string;
  readonly summary: string;
  /** The words after the name, as the usage line shows them; without the options that all commands have. */
  readonly usage: string;
  readonly options: OptionSpecs;
  /** The first of them stands in the help of all management commands. */
  readonly examples: readonly [Example, ...Example[]];
  /** Whether it is a decision of the person who runs it; otherwise it is the system's work. */
  readonly byPerson: boolean;
  /**
   * Reads the options.
   *
   * @returns the work, ready to be carried out
   * @throws HotspotsError USAGE
   */
  prepare(given: ParsedArguments): Promise<(context: CommandContext) => Promise<BatchedResult>>;
}

interface Definition<Options> {
  name: string;
  summary: string;
  usage?: string;
  options?: OptionSpecs;
  examples: ManagementCommand['examples'];
  byPerson?: boolean;
  /** The options, checked, before the database is opened. Wrong ones are thrown as USAGE. */
  read: (given: ParsedArguments) => Options | Promise<Options>;
  run: (context: CommandContext, options: Options) => Promise<BatchedResult>;
}

/** A management command. The runner sees to actor, run, transactions, dry runs, progress and summary. */
export function defineManagementCommand<Options>({
  usage = '',
  options = {},
  byPerson = false,
  read,
  run,
  ...described
}: Definition<Options>): ManagementCommand {
  return {
    ...described,
    usage,
    options,
    byPerson,
    prepare: async (given) => {
      const wanted = await read(given);
      return (context) => run(context, wanted);
    },
  };
}
