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

/** A user's tag of mood for a place, as "cosy" or "lively". */
export class UserVibe extends Model<InferAttributes<UserVibe>, InferCreationAttributes<UserVibe>> {
  declare id: CreationOptional<string>;
  declare userId: ForeignKey<User['id']>;
  declare placeId: ForeignKey<Place['id']>;
  declare vibe: string;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineUserVibe(sequelize: Sequelize): void {
  UserVibe.init(
    {
      id: identityAttribute(),
      userId: { type: DataTypes.BIGINT, allowNull: false },
      placeId: { type: DataTypes.BIGINT, allowNull: false },
      vibe: { type: DataTypes.TEXT, allowNull: false },
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'UserVibe', tableName: 'user_vibes', underscored: true },
  );
  UserVibe.belongsTo(User, { as: 'user', foreignKey: 'userId' });
  UserVibe.belongsTo(Place, { as: 'place', foreignKey: 'placeId' });
}
