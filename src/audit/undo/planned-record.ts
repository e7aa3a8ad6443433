import type { UndoConflict, UndoField, UndoStepKind } from './undo-plan.ts';

/** What is to happen to a record, before the relations between records are looked at. */
export interface PlannedRecord {
  kind: UndoStepKind;
  fields: PlannedField[];
  conflicts: UndoConflict[];
  alreadyUndone: string[];
}

/** `author` is left to be found out when it is undefined: then it lies before the history. */
export type PlannedField = Omit<UndoField, 'author'> & { author: UndoField['author'] | undefined };
