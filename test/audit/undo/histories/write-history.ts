import { BaseError, type Sequelize, type Transaction } from 'sequelize';
import { withUserActor } from '../../../../src/audit/actors.ts';
import type { UndoSelection } from '../../../../src/audit/undo/undo-plan.ts';
import { HotspotsError } from '../../../../src/errors.ts';
import type { Halls } from '../halls.ts';
import { newRun, person } from '../undo-runs.ts';
import type { HallWrite, History } from './history.ts';

/** Writes a history, and gives what is selected of it: as the undo takes it, and in the terms of log entries. */
export async function writeHistory(
  sequelize: Sequelize,
  halls: Halls,
  { deeds, selection }: History,
): Promise<UndoSelection> {
  const [first, second] = [await newRun(sequelize), await newRun(sequelize)];
  for (const { hand, writes } of deeds) {
    const runId = { ana: undefined, ben: undefined, botInFirstRun: first, botInSecondRun: second }[hand];
    const actor = person(runId === undefined ? hand : 'bot');
    await withUserActor(
      actor,
      () => writeAll(sequelize, halls, writes),
      runId === undefined ? {} : { runId },
    );
  }
  const filters = {
    'first run': { run: first },
    'both runs': { run: [first, second] },
    'the bot': { actor: person('bot').email },
    'the names of the first run': { run: first, field: 'name' },
    ana: { actor: person('ana').email },
  };
  return { filter: filters[selection] };
}

/** In one transaction; the database refuses some. */
async function writeAll(sequelize: Sequelize, halls: Halls, writes: readonly HallWrite[]): Promise<void> {
  try {
    await sequelize.transaction(async (transaction) => {
      for (const write of writes) await writeOne(halls, write, transaction);
    });
  } catch (error) {
    if (!(error instanceof BaseError || error instanceof HotspotsError)) throw error;
  }
}

async function writeOne(
  { Hall, Show }: Halls,
  { model, kind, id, values }: HallWrite,
  transaction: Transaction,
): Promise<void> {
  const Model = { Hall, Show }[model];
  const row = await Model.findByPk(id, { transaction });
  if (kind === 'create' && row === null) await Model.create({ id, ...values }, { transaction });
  if (kind === 'update') await row?.update(values, { transaction });
  if (kind === 'destroy') await row?.destroy({ transaction });
}
