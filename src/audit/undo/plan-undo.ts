import { QueryTypes, type Sequelize } from 'sequelize';
import { HotspotsError } from '../../errors.ts';
import type { Actor } from '../actor-context.ts';
import type { ReadingContext } from '../reading/reading-context.ts';
import { valuesOf } from '../reading/values-of.ts';
import { countSteps } from './count-steps.ts';
import { draftSteps } from './draft-steps.ts';
import { foreignKeysOf } from './foreign-keys.ts';
import { keepReferenced } from './keep-referenced.ts';
import { orderSteps } from './order-steps.ts';
import { registrationsOf } from './registrations-of.ts';
import { selectEntries } from './select-entries.ts';
import { storePlan } from './store-plan.ts';
import type { UndoPlan } from './undo-plan.ts';
import type { UndoSelection } from './undo-selection.ts';

/**
 * Computes what the undo of the selected entries would do, and stores it. Nothing else is changed.
 *
 * Of each field the writes at the end of its history that are all selected are taken back: the value from before
 * them returns, if the field still holds what the last of them wrote. What others wrote since is left alone, and
 * named.
 *
 * @param by who asked for it
 * @throws HotspotsError UNDO_NOTHING when no entry fits
 */
export async function planUndo(
  sequelize: Sequelize,
  selection: UndoSelection,
  by: Actor,
  context: ReadingContext = {},
): Promise<UndoPlan> {
  const registrations = registrationsOf(sequelize);
  // First of all: what is written from here on makes the plan stale.
  const watermark = await newestEntryId(sequelize);
  const selected = await selectEntries(sequelize, selection, watermark, context);
  if (selected.length === 0) {
    throw new HotspotsError(
      'UNDO_NOTHING',
      'No log entry fits, so there is nothing to undo. Look at what there is first: npm run review.',
    );
  }
  const fields = selection.fields ?? selection.filter?.field;
  const onlyFields = fields === undefined ? null : new Set(valuesOf(fields));
  const drafts = await draftSteps(sequelize, selected, onlyFields, registrations);
  const foreignKeys = await foreignKeysOf(sequelize, registrations);
  await keepReferenced(sequelize, drafts, registrations, foreignKeys);
  const steps = orderSteps(drafts, foreignKeys);
  return await storePlan(sequelize, { selection, watermark, by, steps, counts: countSteps(steps) });
}

async function newestEntryId(sequelize: Sequelize): Promise<string> {
  const [row] = await sequelize.query<{ id: string | null }>('SELECT max(id) AS id FROM log_entries', {
    type: QueryTypes.SELECT,
  });
  return row?.id ?? '0';
}
