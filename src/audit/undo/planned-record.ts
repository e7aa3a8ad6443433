import type { UndoConflict, UndoField, UndoStepKind } from './undo-plan.ts';

/** What is to happen to a record, before the relations between records are looked at. */
export interface PlannedRecord {
  kind: UndoStepKind;
  fields: PlannedField[];
  conflicts: UndoConflict[];
  alreadyUndone: string[];
  /** What happens to a created record instead of its removal, should others point to it. */
  ifKept?: Omit<PlannedRecord, 'ifKept'>;
}

/** `author` is left to be found out when it is undefined: then it lies before the history. */
export type PlannedField = Omit<UndoField, 'author'> & { author: UndoField['author'] | undefined };
