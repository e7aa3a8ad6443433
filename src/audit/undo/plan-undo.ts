import { QueryTypes, type Sequelize } from 'sequelize';
import { onlyRow } from '../../database/only-row.ts';
import { HotspotsError } from '../../errors.ts';
import type { Actor } from '../actors.ts';
import type { ReadingContext } from '../read/filter.ts';
import { valuesOf } from '../read/filter.ts';
import { lastPrune } from '../read/pruned.ts';
import { registrationsOf } from '../record/auditlog.ts';
import { draftSteps, selectEntries } from './make-plan.ts';
import { orderSteps } from './order.ts';
import { countSteps, storePlan } from './plan-store.ts';
import { foreignKeysOf, keepReferenced } from './references.ts';
import type { UndoPlan, UndoSelection } from './undo-plan.ts';

/**
 * Computes what the undo of the selected entries would do, and stores it. Nothing else is changed.
 *
 * Of each field the writes at the end of its history that are all selected are taken back: the value from before
 * them returns, if the field still holds what the last of them wrote. What others wrote since is left alone, and
 * named.
 *
 * @param by who asked for it
 * @throws HotspotsError UNDO_NOTHING when no entry fits; UNDO_PRUNED when some are so old that others of their time
 *   were removed by retention
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
  await refuseIfPruned(sequelize, selected);
  const fields = selection.fields ?? selection.filter?.field;
  const onlyFields = fields === undefined ? null : new Set(valuesOf(fields));
  const drafts = await draftSteps(sequelize, selected, onlyFields, registrations);
  const foreignKeys = await foreignKeysOf(sequelize, registrations);
  await keepReferenced(sequelize, drafts, registrations, foreignKeys);
  const steps = orderSteps(drafts, foreignKeys);
  return await storePlan(sequelize, { selection, watermark, by, steps, counts: countSteps(steps) });
}

/** What was kept of that time may not be all that the selection means, nor all that others wrote in between. */
async function refuseIfPruned(sequelize: Sequelize, selected: readonly { id: string }[]): Promise<void> {
  const prune = await lastPrune(sequelize);
  if (prune === null) return;
  const old = selected.filter(({ id }) => BigInt(id) <= BigInt(prune.lastId));
  if (old.length === 0) return;
  throw new HotspotsError(
    'UNDO_PRUNED',
    `${old.length} of the selected changes are from before ${prune.olderThan.toISOString()}. Retention has removed other ` +
      'log entries of that time, so what was before them is not known any more, and they cannot be undone. Select ' +
      'later changes only, or edit the records.',
  );
}

async function newestEntryId(sequelize: Sequelize): Promise<string> {
  const { id } = onlyRow(
    await sequelize.query<{ id: string | null }>('SELECT max(id) AS id FROM log_entries', {
      type: QueryTypes.SELECT,
    }),
  );
  return id ?? '0';
}
