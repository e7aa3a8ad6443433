import type { Model, ModelStatic } from 'sequelize';
import type { FieldChanges, LogAction } from './log-entry.ts';
import type { JsonValue, RowValues } from './values.ts';

/** What `auditlog.register` may be told about a model. */
export interface RegistrationOptions {
  /** Record only these attributes. Default: all but the primary key and the timestamps. */
  include?: readonly string[];
  /** Never record these attributes; wins over `include`. */
  exclude?: readonly string[];
  /** Record that these attributes changed, never their values. Attributes with secret names are added. */
  mask?: readonly string[];
  /** How this model's masked values are shown. Null is never masked. */
  maskValue?: (value: JsonValue) => JsonValue;
  /** The short text that entries show for a record: an attribute, or a function of the row's values. */
  label?: string | ((values: RowValues) => string);
  /** What fields are called where people read entries, by attribute. */
  displayNames?: Readonly<Record<string, string>>;
  /** Keep the whole row with each entry. Off by default: it repeats what replaying the log gives. */
  snapshot?: boolean;
  /** Aliases of belongsToMany associations whose additions and removals are recorded on this model. */
  manyToMany?: readonly string[];
  /** Data of its own for `log_entries.extra`, made from the row. */
  extra?: (values: RowValues) => Readonly<Record<string, JsonValue>>;
  /** Record only changes for which this is true. */
  when?: (change: RecordedChange) => boolean;
}

/** What is about to be recorded, or was, of one row. */
export interface RecordedChange {
  readonly model: string;
  readonly objectId: string;
  readonly objectLabel: string;
  readonly action: LogAction;
  readonly changes: FieldChanges;
}

/** A registered model, with its options resolved to attribute names. */
export interface Registration {
  /** The model as registered; scoped and schema variants are subclasses of it. */
  readonly model: ModelStatic<Model>;
  readonly modelName: string;
  readonly primaryKeys: readonly string[];
  /** The recorded attributes, sorted by name. */
  readonly attributes: readonly string[];
  readonly masked: ReadonlySet<string>;
  readonly maskValue: (value: JsonValue) => JsonValue;
  readonly label: (values: RowValues) => string;
  /** The attribute that the label is; null when it is a function or "Model id". */
  readonly labelAttribute: string | null;
  readonly displayNames: Readonly<Record<string, string>>;
  readonly snapshot: boolean;
  readonly manyToMany: readonly string[];
  readonly extra: ((values: RowValues) => Readonly<Record<string, JsonValue>>) | null;
  readonly when: ((change: RecordedChange) => boolean) | null;
}
