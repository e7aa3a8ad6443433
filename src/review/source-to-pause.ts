import type { Sequelize, Transaction } from 'sequelize';
import type { UndoSelection } from '../audit/undo/index.ts';
import { Run } from '../models/run.ts';
import { findPause } from './find-pause.ts';
import { runOfSelection } from './run-of-selection.ts';

/** The source that undoing a selection pauses: that of a crawl which is undone as a whole. Null when there is none to pause. */
export async function sourceToPause(
  sequelize: Sequelize,
  selection: UndoSelection,
  transaction?: Transaction,
): Promise<string | null> {
  const runId = runOfSelection(selection);
  if (runId === null) return null;
  const sourceName = (await Run.findByPk(runId, { ...(transaction && { transaction }) }))?.sourceName ?? null;
  return sourceName === null || (await findPause(sequelize, sourceName, transaction)) !== null
    ? null
    : sourceName;
}
