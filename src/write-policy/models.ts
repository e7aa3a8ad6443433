import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import type { JsonValue } from '../audit/index.ts';
import { identityAttribute } from '../records/index.ts';

/**
 * A value that was undone, and that this source must not write into this field again. Book-keeping, not audited;
 * kept when it is released.
 */
export class Hold extends Model<InferAttributes<Hold>, InferCreationAttributes<Hold>> {
  declare id: CreationOptional<string>;
  declare model: string;
  declare objectId: string;
  declare objectLabel: string;
  declare field: string;
  declare sourceName: string;
  /** As log entries hold it. */
  declare value: JsonValue;
  /** md5 of the value as jsonb text, as a uuid. */
  declare valueHash: string;
  /** The run of the undo. */
  declare undoRunId: string | null;
  declare heldAt: CreationOptional<Date>;
  declare releasedAt: CreationOptional<Date | null>;
  /** An e-mail, or "source" when the source gave another value. */
  declare releasedBy: CreationOptional<string | null>;
}

export function defineHold(sequelize: Sequelize): void {
  const text = () => ({ type: DataTypes.TEXT, allowNull: false });
  Hold.init(
    {
      id: identityAttribute(),
      model: text(),
      objectId: text(),
      objectLabel: text(),
      field: text(),
      sourceName: text(),
      value: { type: DataTypes.JSONB, allowNull: false },
      valueHash: { type: DataTypes.UUID, allowNull: false },
      undoRunId: DataTypes.BIGINT,
      heldAt: DataTypes.DATE,
      releasedAt: DataTypes.DATE,
      releasedBy: DataTypes.TEXT,
    },
    { sequelize, modelName: 'Hold', tableName: 'holds', underscored: true, timestamps: false },
  );
}

export const suggestionStates = ['open', 'accepted', 'dismissed'] as const;
export type SuggestionState = (typeof suggestionStates)[number];

/**
 * What a source says of a field that a person wrote last. One for each record, field and source: the newest value.
 * Book-keeping, not audited; what an accepted one writes is.
 */
export class Suggestion extends Model<InferAttributes<Suggestion>, InferCreationAttributes<Suggestion>> {
  declare id: CreationOptional<string>;
  declare model: string;
  declare objectId: string;
  declare objectLabel: string;
  declare field: string;
  declare sourceName: string;
  declare sourceUrl: string;
  /** As log entries hold it. */
  declare value: JsonValue;
  declare runId: string | null;
  declare state: CreationOptional<SuggestionState>;
  declare firstSeenAt: CreationOptional<Date>;
  declare lastSeenAt: CreationOptional<Date>;
  declare decidedAt: CreationOptional<Date | null>;
  declare decidedById: CreationOptional<string | null>;
  declare decidedByEmail: CreationOptional<string | null>;
}

export function defineSuggestion(sequelize: Sequelize): void {
  const text = () => ({ type: DataTypes.TEXT, allowNull: false });
  Suggestion.init(
    {
      id: identityAttribute(),
      model: text(),
      objectId: text(),
      objectLabel: text(),
      field: text(),
      sourceName: text(),
      sourceUrl: text(),
      value: { type: DataTypes.JSONB, allowNull: false },
      runId: DataTypes.BIGINT,
      state: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'open' },
      firstSeenAt: DataTypes.DATE,
      lastSeenAt: DataTypes.DATE,
      decidedAt: DataTypes.DATE,
      decidedById: DataTypes.BIGINT,
      decidedByEmail: DataTypes.TEXT,
    },
    { sequelize, modelName: 'Suggestion', tableName: 'suggestions', underscored: true, timestamps: false },
  );
}
