// The face of the runs: how one begins and ends, what it is judged by, undo of runs, verdicts, pauses and webhooks.

export {
  asCsv,
  asJsonLines,
  changeColumns,
  changeRows,
  runColumns,
  runRow,
  streamChanges,
  streamRuns,
} from './export.ts';
export { addCounters, endRun, HeldRun, type RunEnd } from './lifecycle.ts';
export {
  countWaitingRuns,
  listRuns,
  optionsOfRun,
  parseRunFilter,
  type RunFilter,
  runFilterWords,
  runTitle,
} from './list.ts';
export { actingPerson, firstEntryInUse, readingContext } from './log-context.ts';
export {
  type ChangeView,
  findChange,
  type LabelsAndVerdicts,
  labelsAndVerdicts,
  nothingToUndo,
  readChange,
  type Undoable,
} from './read-change.ts';
export {
  absentThen,
  type FieldView,
  goneSentence,
  goneWords,
  type RecordName,
  type RecordView,
  readFields,
  readRecord,
  readSourcePages,
  unknownRecord,
} from './read-record.ts';
export {
  countersOf,
  defineRun,
  Run,
  type RunCounters,
  type RunFlag,
  type RunState,
  runKinds,
  runStates,
  type Verdict,
  verdicts,
} from './run.ts';
export {
  findPause,
  listPauses,
  pauseSource,
  resumeSource,
  type SourceOverview,
  type SourcePause,
  sourceOverviews,
} from './source-pauses.ts';
export {
  type AppliedPlan,
  applyUndoPlan,
  planEffects,
  planUndoOf,
  resumeUndoPlans,
  roleForPlan,
} from './undo.ts';
export { type GivenVerdict, giveVerdict, type VerdictWord, verdictsOf, verdictWords } from './verdicts.ts';
export { deliverWebhooks, webhookEvents } from './webhooks.ts';
