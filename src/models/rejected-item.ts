import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute } from './identity-attribute.ts';

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
