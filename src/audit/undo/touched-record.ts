import type { RecordedValues } from '../reading/replay.ts';
import type { Registration } from '../registration.ts';
import type { HistoryEntry } from './record-histories.ts';

/** A record that a selection touches. */
export interface TouchedRecord {
  readonly registration: Registration;
  readonly objectId: string;
  /** From its first selected entry on; of models with relations, all of it. */
  readonly history: readonly HistoryEntry[];
  readonly ours: ReadonlySet<string>;
  /** Only these fields are undone, and neither creations nor deletions; null for all. */
  readonly onlyFields: ReadonlySet<string> | null;
  /** Null when it does not exist. */
  readonly present: RecordedValues | null;
  /** What is attached to it, by the alias of the relation. */
  readonly links: ReadonlyMap<string, ReadonlySet<string>>;
}
