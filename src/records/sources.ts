import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute } from './attributes.ts';

/** Why an item was not taken. */
export interface RejectionReason {
  code: string;
  field: string;
  message: string;
}

/** An item that did not pass validation, with the reasons and the item as it was read. */
export class RejectedItem extends Model<
  InferAttributes<RejectedItem>,
  InferCreationAttributes<RejectedItem>
> {
  declare id: CreationOptional<string>;
  declare runId: string;
  declare kind: 'place' | 'event';
  declare sourceName: string;
  declare url: string;
  declare reasons: RejectionReason[];
  declare raw: unknown;
  declare createdAt: CreationOptional<Date>;
}

export function defineRejectedItem(sequelize: Sequelize): void {
  const text = () => ({ type: DataTypes.TEXT, allowNull: false });
  RejectedItem.init(
    {
      id: identityAttribute(),
      runId: { type: DataTypes.BIGINT, allowNull: false },
      kind: text(),
      sourceName: text(),
      url: text(),
      reasons: { type: DataTypes.JSONB, allowNull: false },
      raw: { type: DataTypes.JSONB, allowNull: false },
      createdAt: DataTypes.DATE,
    },
    {
      sequelize,
      modelName: 'RejectedItem',
      tableName: 'rejected_items',
      underscored: true,
      updatedAt: false,
    },
  );
}

/** The attribute of `SourceRecord` that points to records of a model; models that are not here are read from no source. */
export const sourceKeys: Readonly<Record<string, 'placeId' | 'eventId'>> = {
  Place: 'placeId',
  Event: 'eventId',
};

/**
 * "On this page, this source calls this record by that id." Book-keeping, not audited. It stays when
 * the record is deleted here: the source is then not allowed to make it again, and finds it when it returns.
 */
export class SourceRecord extends Model<
  InferAttributes<SourceRecord>,
  InferCreationAttributes<SourceRecord>
> {
  declare id: CreationOptional<string>;
  declare kind: 'place' | 'event';
  declare sourceName: string;
  /** The item's name at its source: its `@id`, URL or UID, else a key made from its content. */
  declare externalId: string;
  /** The page the item was read from. */
  declare url: string;
  /** Hash of kind, source, external id and page; what a batch looks items up by. */
  declare pageKey: string;
  /** Hash of the item as it was read; an item whose hash is the same is unchanged. */
  declare contentHash: string;
  declare placeId: string | null;
  declare eventId: string | null;
  declare firstSeenAt: CreationOptional<Date>;
  declare lastSeenAt: CreationOptional<Date>;
  declare lastSeenRunId: string | null;
}

export function defineSourceRecord(sequelize: Sequelize): void {
  const text = () => ({ type: DataTypes.TEXT, allowNull: false });
  SourceRecord.init(
    {
      id: identityAttribute(),
      kind: text(),
      sourceName: text(),
      externalId: text(),
      url: text(),
      pageKey: { type: DataTypes.UUID, allowNull: false, unique: true },
      contentHash: { type: DataTypes.UUID, allowNull: false },
      placeId: DataTypes.BIGINT,
      eventId: DataTypes.BIGINT,
      firstSeenAt: { type: DataTypes.DATE, allowNull: false, defaultValue: DataTypes.NOW },
      lastSeenAt: { type: DataTypes.DATE, allowNull: false, defaultValue: DataTypes.NOW },
      lastSeenRunId: DataTypes.BIGINT,
    },
    {
      sequelize,
      modelName: 'SourceRecord',
      tableName: 'source_records',
      underscored: true,
      timestamps: false,
    },
  );
}
