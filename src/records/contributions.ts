import {
  type CreationOptional,
  DataTypes,
  type ForeignKey,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute } from './attributes.ts';
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

/** schema.org DayOfWeek. */
export const daysOfWeek = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;
export type DayOfWeek = (typeof daysOfWeek)[number];

/** On which days and hours a vibe holds. */
export class UserVibeTime extends Model<
  InferAttributes<UserVibeTime>,
  InferCreationAttributes<UserVibeTime>
> {
  declare id: CreationOptional<string>;
  declare userVibeId: ForeignKey<UserVibe['id']>;
  declare dayOfWeek: DayOfWeek[];
  /** Local time of the place, "18:00:00". */
  declare opens: string;
  /** Before `opens`: on the next day. */
  declare closes: string;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineUserVibeTime(sequelize: Sequelize): void {
  UserVibeTime.init(
    {
      id: identityAttribute(),
      userVibeId: { type: DataTypes.BIGINT, allowNull: false },
      dayOfWeek: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false },
      opens: { type: DataTypes.TIME, allowNull: false },
      closes: { type: DataTypes.TIME, allowNull: false },
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'UserVibeTime', tableName: 'user_vibe_times', underscored: true },
  );
  UserVibeTime.belongsTo(UserVibe, { as: 'userVibe', foreignKey: 'userVibeId' });
}

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
