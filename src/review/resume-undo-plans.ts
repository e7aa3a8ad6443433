import type { Sequelize } from 'sequelize';
import { Run } from '../models/run.ts';
import { User } from '../models/user.ts';
import { type AppliedPlan, type ApplyOptions, applyUndoPlan } from './apply-undo-plan.ts';

/** Goes on with the undos that a killed process has left, each as the person who began it. */
export async function resumeUndoPlans(
  sequelize: Sequelize,
  options: Pick<ApplyOptions, 'signal' | 'onProgress'> = {},
): Promise<AppliedPlan[]> {
  const left = await Run.findAll({ where: { kind: 'undo', state: 'running' }, order: [['id', 'ASC']] });
  const applied: AppliedPlan[] = [];
  for (const run of left) {
    const planId = run.requestKey?.replace(/^undo:/, '');
    const by = run.actorId === null ? null : await User.findByPk(run.actorId);
    if (planId === undefined || by === null || options.signal?.aborted === true) continue;
    applied.push(await applyUndoPlan(sequelize, planId, { by, reason: run.reason ?? '', ...options }));
  }
  return applied;
}
