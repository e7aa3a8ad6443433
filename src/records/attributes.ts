import { DataTypes, type ModelAttributes } from 'sequelize';

/** A bigint identity column. Sequelize reads it as a string of digits, which holds all 64 bits. */
export function identityAttribute() {
  return { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true };
}

/**
 * The schema.org Thing columns that places and events share. A new object each time: Sequelize writes
 * into the definitions it is given.
 */
export function thingAttributes() {
  return {
    name: { type: DataTypes.TEXT, allowNull: false },
    description: DataTypes.TEXT,
    url: DataTypes.TEXT,
    image: DataTypes.TEXT,
    sameAs: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false, defaultValue: [] },
    identifier: DataTypes.TEXT,
  } satisfies ModelAttributes;
}
