import type { Model, ModelStatic } from 'sequelize';
import type { RecordKind } from '../../src/records/index.ts';

/** Attribute values of a record, as a model takes them and gives them. */
export type RecordValues = Record<string, unknown>;

/** What the matching and writing steps need to know about a kind of record. */
export interface MatchedKind<Values extends object> {
  readonly kind: 'place' | 'event';
  readonly model: ModelStatic<Model>;
  readonly definition: RecordKind;
  /** The column that names the record in `source_records` and `match_keys`. */
  readonly foreignKey: 'place_id' | 'event_id';
  /** The keys under which the same record is found again, the strongest first. */
  keysOf(values: object, sourceName: string): string[];
  /** Whether a record found under such a key really is the same. */
  isSame(values: Values, record: RecordValues): boolean;
  /**
   * Whether a record that the same source called by the same id on another page of this very run is the
   * same, and not another one that shares its address.
   */
  isSameOccasion(values: Values, record: RecordValues): boolean;
  /** Whether a record can have become what its address shows now, and has not given way to another record there. */
  canBecome(values: Values, record: RecordValues): boolean;
  /** The record's values after the item's are taken over. */
  merge(record: RecordValues, values: Partial<Values>): RecordValues;
}

/** One item that is new or changed, ready to be matched. */
export interface Candidate<Values> {
  values: Values;
  externalId: string;
  /** Whether the source gives the id to one record for good. */
  idIsLasting: boolean;
  pageKey: string;
  contentHash: string;
  pageUrl: string;
  /** Its record, where that is certain. */
  recordId?: string;
  /** The only fields of the record that are written; all that the item states when left out. */
  fields?: readonly string[];
}
