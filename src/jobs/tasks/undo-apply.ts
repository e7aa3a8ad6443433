import { z } from 'zod';
import { currentContext } from '../../audit/index.ts';
import { HotspotsError } from '../../errors.ts';
import { User } from '../../records/user.ts';
import { applyUndoPlan, resumeUndoPlans } from '../../runs/undo.ts';
import { defineTask, type TaskOutcome } from '../task.ts';

/** Carries an undo plan out as the user who queued it; without a plan, goes on with those that were interrupted. */
export const undoApply = defineTask({
  name: 'undo-apply',
  summary: 'Carries an undo plan out, or goes on with those that were interrupted',
  data: z.strictObject({ planId: z.string().optional(), reason: z.string().optional() }),
  keyOf: ({ planId }) => planId ?? 'interrupted',
  run: async ({ planId, reason = '' }, { database: { sequelize }, signal }): Promise<TaskOutcome> => {
    if (planId === undefined) {
      const resumed = await resumeUndoPlans(sequelize, { signal });
      return { state: signal.aborted ? 'stopped' : 'done', summary: `${resumed.length} undos gone on with` };
    }
    const { run, plan } = await applyUndoPlan(sequelize, planId, {
      by: await actingUser(),
      ...{ reason, signal },
    });
    const { restored, recreated, removed, skipped } = plan.counts;
    return {
      state: plan.state === 'applied' ? 'done' : 'stopped',
      summary:
        `Run ${run.id}: ${restored} records restored, ${recreated} brought back, ${removed} removed, ` +
        `${skipped} left alone in part.`,
    };
  },
});

async function actingUser(): Promise<User> {
  const actor = await currentContext()?.actor();
  const user = actor?.id == null ? null : await User.findByPk(actor.id);
  if (user !== null) return user;
  throw new HotspotsError('USER_UNKNOWN', 'Nobody is known as whom the undo would be carried out.');
}
