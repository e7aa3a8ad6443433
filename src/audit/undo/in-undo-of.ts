import { currentContext, runInContext } from '../actor-context.ts';
import type { StepGroup } from './step-group.ts';
import { undoExtra } from './undo-extra.ts';

/** Runs `work` so that its log entries name the plan and what the step takes back. */
export function inUndoOf(
  step: Parameters<typeof undoExtra>[1],
  { planId }: Pick<StepGroup, 'planId'>,
  work: () => Promise<void>,
): Promise<void> {
  const context = currentContext();
  if (context === undefined) return work();
  return runInContext({ ...context, extra: { ...context.extra, ...undoExtra(planId, step) } }, work);
}
