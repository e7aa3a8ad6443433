import type { Sequelize } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import { planUndo, type UndoPlan, type UndoSelection } from '../audit/undo/index.ts';
import { HotspotsError } from '../errors.ts';
import { Run } from '../models/run.ts';
import { readingContext } from './reading-context.ts';
import { runOfSelection } from './run-of-selection.ts';

/**
 * Makes and stores the plan of an undo. Nothing else is changed by it.
 *
 * @throws HotspotsError UNDO_NOTHING when nothing fits; UNDO_PRUNED when the run once had changes
 */
export async function planUndoOf(
  sequelize: Sequelize,
  selection: UndoSelection,
  by: Actor,
): Promise<UndoPlan> {
  try {
    return await planUndo(sequelize, selection, by, readingContext());
  } catch (error) {
    if (!(error instanceof HotspotsError) || error.code !== 'UNDO_NOTHING') throw error;
    const runId = runOfSelection(selection);
    const run = runId === null ? null : await Run.findByPk(runId);
    if (run === null || run.changes === 0) throw error;
    throw new HotspotsError(
      'UNDO_PRUNED',
      `Run ${run.id} made ${run.changes} changes, but their log entries were removed by retention. What they changed is ` +
        'not known any more, so it cannot be undone.',
      { cause: error },
    );
  }
}
