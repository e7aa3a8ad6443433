import { HotspotsError } from '../../errors.ts';
import type { UndoPlan } from './undo-plan.ts';

/** A plan that no longer says what would happen. Nothing was written; `newPlan` is what would happen now. */
export class StalePlanError extends HotspotsError {
  readonly oldPlan: UndoPlan;
  readonly newPlan: UndoPlan;

  constructor(oldPlan: UndoPlan, newPlan: UndoPlan) {
    super(
      'UNDO_PLAN_STALE',
      `Records of plan ${oldPlan.id} were changed since it was made, so nothing was done. Plan ${newPlan.id} takes its ` +
        'place: look at it, and carry it out if it still is what you want.',
    );
    this.oldPlan = oldPlan;
    this.newPlan = newPlan;
  }
}
