import {
  type CreationOptional,
  DataTypes,
  type ForeignKey,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute } from './identity-attribute.ts';
import { Place } from './place.ts';
import { User } from './user.ts';

/** A user's short advice on a place. */
export class UserTip extends Model<InferAttributes<UserTip>, InferCreationAttributes<UserTip>> {
  declare id: CreationOptional<string>;
  declare userId: ForeignKey<User['id']>;
  declare placeId: ForeignKey<Place['id']>;
  declare text: string;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineUserTip(sequelize: Sequelize): void {
  UserTip.init(
    {
      id: identityAttribute(),
      userId: { type: DataTypes.BIGINT, allowNull: false },
      placeId: { type: DataTypes.BIGINT, allowNull: false },
      text: { type: DataTypes.TEXT, allowNull: false },
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'UserTip', tableName: 'user_tips', underscored: true },
  );
  UserTip.belongsTo(User, { as: 'user', foreignKey: 'userId' });
  UserTip.belongsTo(Place, { as: 'place', foreignKey: 'placeId' });
}
