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
import { UserVibe } from './user-vibe.ts';

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
