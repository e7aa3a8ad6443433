import type { Model, ModelStatic } from 'sequelize';

/** What `auditlog.register` may be told about a model. */
export interface RegistrationOptions {
  /** Record only these attributes. Default: all but the primary key and the timestamps. */
  include?: readonly string[];
  /** Never record these attributes; wins over `include`. */
  exclude?: readonly string[];
  /** Record that these attributes changed, never their values. */
  mask?: readonly string[];
  /** The short text that entries show for a record: an attribute, or a function of the row's values. */
  label?: string | ((values: RowValues) => string);
}

/** A row as plain data, by attribute name, with the types that Sequelize gives to the columns. */
export type RowValues = Readonly<Record<string, unknown>>;

/** A registered model, with its options resolved to attribute names. */
export interface Registration {
  /** The model as registered; scoped and schema variants are subclasses of it. */
  readonly model: ModelStatic<Model>;
  readonly modelName: string;
  readonly primaryKeys: readonly string[];
  /** The recorded attributes, sorted by name. */
  readonly attributes: readonly string[];
  readonly masked: ReadonlySet<string>;
  readonly label: (values: RowValues) => string;
}
