import type { JsonValue } from '../audit/index.ts';
import type { FieldOfRecord } from '../audit/read/index.ts';

/** A value that a source wants to write into a field which holds another one. */
export interface ProposedValue extends FieldOfRecord {
  readonly objectLabel: string;
  /** As log entries hold it. */
  readonly value: JsonValue;
  readonly sourceUrl: string;
  /** The field has no value yet. */
  readonly fillsEmpty?: boolean;
}

/** Who proposes it. */
export interface ProposingRun {
  readonly sourceName: string;
  readonly runId: string;
}
