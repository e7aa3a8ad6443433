// The face of undo: plans, what they say, carrying them out.
export { applyUndo, type UndoResult } from './apply-undo.ts';
export { findInterruptedPlan } from './find-interrupted-plan.ts';
export { planUndo } from './plan-undo.ts';
export { readUndoPlan } from './read-undo-plan.ts';
export { readUndoSteps } from './read-undo-steps.ts';
export { StalePlanError } from './stale-plan-error.ts';
export { type UndoCounts, type UndoPlan, type UndoStep, undoPlanStates } from './undo-plan.ts';
export { type UndoSelection, undoSelectionSchema } from './undo-selection.ts';
export type { UndoneValue } from './undone-value.ts';
