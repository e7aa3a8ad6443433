import type { Sequelize } from 'sequelize';
import { Run } from '../models/run.ts';
import { User } from '../models/user.ts';
import { type AppliedPlan, type ApplyOptions, applyUndoPlan } from './apply-undo-plan.ts';

/**
 * Goes on with the undos that a killed process has left, each as the person who began it. One that fails does not
 * hold up the others.
 *
 * @throws AggregateError when all have been tried, of those that failed
 */
export async function resumeUndoPlans(
  sequelize: Sequelize,
  options: Pick<ApplyOptions, 'signal' | 'onProgress'> = {},
): Promise<AppliedPlan[]> {
  const left = await Run.findAll({ where: { kind: 'undo', state: 'running' }, order: [['id', 'ASC']] });
  const applied: AppliedPlan[] = [];
  const failures: unknown[] = [];
  for (const run of left) {
    const planId = run.requestKey?.replace(/^undo:/, '');
    const by = run.actorId === null ? null : await User.findByPk(run.actorId);
    if (planId === undefined || by === null || options.signal?.aborted === true) continue;
    const details = { by, reason: run.reason ?? '', ...options };
    const [result] = await Promise.allSettled([applyUndoPlan(sequelize, planId, details)]);
    if (result.status === 'fulfilled') applied.push(result.value);
    else failures.push(result.reason);
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} interrupted undos could not be gone on with.`);
  return applied;
}
