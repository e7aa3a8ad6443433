import type { Sequelize } from 'sequelize';
import { readUndoPlan } from '../audit/undo/index.ts';
import { HotspotsError } from '../errors.ts';
import { Run } from '../models/run.ts';
import { User } from '../models/user.ts';
import { runOfSelection } from './run-of-selection.ts';

/**
 * The run that carries a plan out: the one that an interrupted process has left, else a new one.
 *
 * @returns the run, and the person as whom it writes: of an interrupted run, the one who began it
 * @throws HotspotsError UNDO_PLAN_DONE when the plan was carried out or replaced
 */
export async function openUndoRun(
  sequelize: Sequelize,
  planId: string,
  { by, reason }: { by: User; reason: string },
): Promise<{ run: Run; person: User }> {
  const { selection, state } = await readUndoPlan(sequelize, planId);
  const requestKey = `undo:${planId}`;
  if (state !== 'replaced') {
    const begun = await Run.findOne({ where: { requestKey, state: 'running' } });
    if (begun !== null) {
      const author = begun.actorId === null ? null : await User.findByPk(begun.actorId);
      return { run: begun, person: author ?? by };
    }
  }
  if (state !== 'planned') {
    throw new HotspotsError(
      'UNDO_PLAN_DONE',
      state === 'replaced'
        ? `Plan ${planId} is out of date: another one took its place. Make a new plan of the same changes.`
        : `Plan ${planId} was carried out already; a plan is carried out once. To undo what is left, make a new plan.`,
    );
  }
  // Of two that begin at once, the unique key of running runs lets one through.
  const run = await Run.create({
    kind: 'undo',
    actorId: by.id,
    actorEmail: by.email,
    requestKey,
    reason,
    revertsRunId: runOfSelection(selection),
    details: { planId },
  });
  return { run, person: by };
}
