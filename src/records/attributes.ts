import { DataTypes } from 'sequelize';

/** A bigint identity column. Sequelize reads it as a string of digits, which holds all 64 bits. */
export function identityAttribute() {
  return { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true };
}
