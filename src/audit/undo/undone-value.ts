import type { JsonValue } from '../json-value.ts';
import type { UndoStepKind } from './undo-plan.ts';

/** A value that an undo has taken back: one for each entry and field. */
export interface UndoneValue {
  readonly model: string;
  readonly objectId: string;
  readonly objectLabel: string;
  readonly field: string;
  readonly value: JsonValue;
  /** What the field holds instead. */
  readonly restored: JsonValue;
  /** What happens to the record. */
  readonly kind: UndoStepKind;
  /** The entry that had written it, and that entry's run. */
  readonly entryId: string;
  readonly runId: string | null;
}
