// The face of undo: plans, what they say, carrying them out.
export { applyUndo, type UndoResult } from './apply.ts';
export { findInterruptedPlan, readUndoPlan, readUndoSteps } from './plan-store.ts';
export { planUndo } from './plan-undo.ts';
export { StalePlanError } from './recheck.ts';
export type { UndoneValue } from './undo-plan.ts';
export {
  type UndoCounts,
  type UndoPlan,
  type UndoSelection,
  type UndoStep,
  undoPlanStates,
  undoSelectionSchema,
} from './undo-plan.ts';
