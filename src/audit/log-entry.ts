import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import type { JsonValue } from './values.ts';

/** What `log_entries.changes` holds: `[old, new]` per field in native JSON, or what joined or left a relation. */
export type FieldChanges = Record<string, [JsonValue, JsonValue] | ManyToManyChange>;

/** Records that were attached to, or detached from, a record through a many-to-many association. */
export interface ManyToManyChange {
  type: 'm2m';
  operation: 'add' | 'delete';
  /** Labels, and the object ids in the same order. */
  objects: string[];
  ids: string[];
}

/** The kinds of log entry, by the number that `log_entries.action` holds. */
export const logActions = ['create', 'update', 'delete', 'access'] as const;

export type LogAction = (typeof logActions)[number];

/** One row of the audit log. For reading: entries are written by the hooks and never changed. */
export class LogEntry extends Model<InferAttributes<LogEntry>, InferCreationAttributes<LogEntry>> {
  declare id: CreationOptional<string>;
  /** When the entry was written. Entries are ordered by `id`. */
  declare timestamp: CreationOptional<Date>;
  /** Index into `logActions`. */
  declare action: number;
  /** The name of the registered model. */
  declare model: string;
  declare objectId: string;
  /** The record's short text when the entry was written. */
  declare objectLabel: string;
  declare changes: FieldChanges;
  declare actorId: string | null;
  /** Copied, so that the author is known also after the user was deleted. */
  declare actorEmail: string;
  declare runId: string | null;
  declare correlationId: string | null;
  declare remoteAddress: string | null;
  declare sourceUrl: string | null;
  declare extra: Record<string, unknown> | null;
  /** The whole row, for models that ask for it. */
  declare snapshot: CreationOptional<Record<string, unknown> | null>;
}

export function defineLogEntry(sequelize: Sequelize): void {
  LogEntry.init(
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      timestamp: DataTypes.DATE,
      action: { type: DataTypes.SMALLINT, allowNull: false },
      model: { type: DataTypes.TEXT, allowNull: false },
      objectId: { type: DataTypes.TEXT, allowNull: false },
      objectLabel: { type: DataTypes.TEXT, allowNull: false },
      changes: { type: DataTypes.JSONB, allowNull: false },
      actorId: DataTypes.BIGINT,
      actorEmail: { type: DataTypes.TEXT, allowNull: false },
      runId: DataTypes.BIGINT,
      correlationId: DataTypes.TEXT,
      remoteAddress: DataTypes.INET,
      sourceUrl: DataTypes.TEXT,
      extra: DataTypes.JSONB,
      snapshot: DataTypes.JSONB,
    },
    { sequelize, modelName: 'LogEntry', tableName: 'log_entries', underscored: true, timestamps: false },
  );
}
