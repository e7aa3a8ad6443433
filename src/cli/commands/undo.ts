import type { Sequelize } from 'sequelize';
import {
  findInterruptedPlan,
  readUndoPlan,
  StalePlanError,
  type UndoPlan,
  type UndoSelection,
} from '../../audit/undo/index.ts';
import type { User } from '../../records/index.ts';
import { actingPerson, planUndoOf } from '../../runs/index.ts';
import { idOf, type ParsedArguments, usageError } from '../arguments.ts';
import { type Command, type ExitCode, exitCodes } from '../command.ts';
import { stopOnSignal } from '../progress.ts';
import { safeText, writeOutput } from '../terminal.ts';
import { filterNames, filterOptions, readFilter, withDatabase, withKnownModels } from './options.ts';
import { showPlan } from './undo-output.ts';

/** `hotspots undo`: makes a plan and shows it; with --yes carries it out. */
export const undo: Command = {
  usage: '--run=ID | --change=ID | FILTERS | --plan=ID  [--yes --reason=TEXT]',
  options: {
    ...filterOptions,
    change: {
      type: 'string',
      multiple: true,
      value: 'ID',
      help: 'this change; with --field only that field',
    },
    plan: { type: 'string', value: 'ID', help: 'a plan that was made before, instead of a new one' },
    yes: { type: 'boolean', help: 'carry it out; without it nothing is changed' },
    reason: { type: 'string', value: 'TEXT', help: 'why; it stands in the log with each value that returns' },
    as: {
      type: 'string',
      value: 'EMAIL',
      help: 'who undoes; HOTSPOTS_USER, or the system user, if not given',
    },
    'list-skipped': { type: 'boolean', help: 'name every record that is left alone, and why' },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 0,
  examples: [
    ['npm run undo -- --plan=77 --yes --reason="block page read as data"', 'Carries plan 77 out'],
    ['npm run undo -- --run=412 --field=name', 'Only the names'],
    [
      'npm run undo -- --actor=scraper@vibemap.com --source=chi-libraries --since=2d',
      'What one source wrote in two days',
    ],
    ['npm run undo -- --change=4711 --field=telephone', 'One field of one change'],
  ],
  run: (given) => {
    const wanted = wantedOf(given);
    return withDatabase(async ({ sequelize }) => {
      const by = await actingPerson(given.text('as'));
      const plan = await planOf(sequelize, wanted, by);
      if (given.flag('yes')) return carryOut(sequelize, plan, given, by);
      await writeOutput(await showPlan(sequelize, plan, options(given, by)));
      return exitCodes.done;
    });
  },
};

function options(given: ParsedArguments, by: User) {
  return {
    json: given.flag('json'),
    listSkipped: given.flag('list-skipped'),
    as: given.text('as'),
    by: by.email,
  };
}

/** A plan by its number, or what a plan is to be made of. */
function wantedOf(given: ParsedArguments): string | UndoSelection {
  const planId = idOf('undo', '--plan', given.text('plan'));
  const entryIds = given.texts('change').map((text) => idOf('undo', '--change', text) ?? '');
  const others = filterNames.filter((name) => given.text(name) !== undefined);
  if (planId !== undefined) {
    const [other] = entryIds.length > 0 ? ['change'] : others;
    if (other !== undefined) throw usageError('undo', `--plan and --${other} exclude each other.`);
    return planId;
  }
  if (entryIds.length > 0) {
    const other = others.find((name) => name !== 'field');
    if (other !== undefined) throw usageError('undo', `--change and --${other} exclude each other.`);
    const fields = given.texts('field');
    return { entryIds, ...(fields.length > 0 && { fields }) };
  }
  const filter = readFilter('undo', given);
  if (filter !== null) return { filter };
  throw usageError(
    'undo',
    'Say what is to be undone: --run=ID, --change=ID, filters as --actor=EMAIL, or --plan=ID.',
  );
}

async function planOf(sequelize: Sequelize, wanted: string | UndoSelection, by: User): Promise<UndoPlan> {
  if (typeof wanted === 'string') return readUndoPlan(sequelize, wanted);
  const { filter } = wanted;
  const selection = filter === undefined ? wanted : { ...wanted, filter: withKnownModels(filter) };
  return (await findInterruptedPlan(sequelize, selection)) ?? planUndoOf(sequelize, selection, by);
}

async function carryOut(
  sequelize: Sequelize,
  plan: UndoPlan,
  given: ParsedArguments,
  by: User,
): Promise<ExitCode> {
  const { restored, recreated, removed } = plan.counts;
  const records = restored + recreated + removed;
  if (records === 0 && plan.state === 'planned') {
    await writeOutput(await showPlan(sequelize, plan, options(given, by)));
    return plan.counts.skipped > 0 ? exitCodes.incomplete : exitCodes.done;
  }
  const { askReason, confirmCount } = await import('./undo-output.ts');
  // Somebody has said why before, when it was begun.
  const reason = given.text('reason') ?? (plan.state === 'applying' ? '' : await askReason());
  await confirmCount(records);
  const { applyUndoPlan } = await import('../../runs/index.ts');
  const { UndoProgress } = await import('./undo-output.ts');
  const { showUndone } = await import('./undo-output.ts');
  const progress = new UndoProgress();
  using stop = stopOnSignal('the records that are being written');
  try {
    const applied = await applyUndoPlan(sequelize, plan.id, {
      by,
      reason,
      signal: stop.signal,
      onProgress: (done, total) => progress.show(done, total),
    });
    progress.clear();
    await writeOutput(await showUndone(sequelize, applied, progress, options(given, by)));
    const isWhole = applied.plan.state === 'applied' && applied.plan.counts.skipped === 0;
    return isWhole ? exitCodes.done : exitCodes.incomplete;
  } catch (error) {
    progress.clear();
    if (!(error instanceof StalePlanError)) throw error;
    process.stderr.write(`${safeText(error.message)}\n`);
    await writeOutput(await showPlan(sequelize, error.newPlan, options(given, by)));
    return exitCodes.failed;
  }
}
