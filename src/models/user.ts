import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute } from './identity-attribute.ts';

export const roles = ['viewer', 'reviewer', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Somebody who writes: a person, or one of the automated actors, which are inactive and cannot log in. */
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<string>;
  /** Lower case; unique. */
  declare email: string;
  declare username: string;
  declare isActive: CreationOptional<boolean>;
  declare role: CreationOptional<Role>;
  /** Null for actors without a password, who cannot log in. */
  declare passwordHash: string | null;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineUser(sequelize: Sequelize): void {
  User.init(
    {
      id: identityAttribute(),
      email: { type: DataTypes.TEXT, allowNull: false, unique: true },
      username: { type: DataTypes.TEXT, allowNull: false, unique: true },
      isActive: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
      role: {
        type: DataTypes.TEXT,
        allowNull: false,
        defaultValue: 'viewer',
        validate: { isIn: [[...roles]] },
      },
      passwordHash: DataTypes.TEXT,
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'User', tableName: 'users', underscored: true },
  );
}
