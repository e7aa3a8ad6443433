import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import type { JsonValue } from '../audit/index.ts';
import { identityAttribute } from './identity-attribute.ts';

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
