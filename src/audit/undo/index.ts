// The face of undo: what would be undone, and doing it.

export { applyUndo, type UndoResult } from './apply.ts';
export { findInterruptedPlan, readUndoPlan, readUndoSteps } from './plan-store.ts';
export { planUndo } from './plan-undo.ts';
export { StalePlanError } from './recheck.ts';
export {
  type UndoCounts,
  type UndoneValue,
  type UndoPlan,
  type UndoSelection,
  type UndoStep,
  undoPlanStates,
  undoSelectionSchema,
} from './undo-plan.ts';
