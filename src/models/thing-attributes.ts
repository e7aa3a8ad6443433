import { DataTypes, type ModelAttributes } from 'sequelize';

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
