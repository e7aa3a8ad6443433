import { DataTypes, type ModelAttributes } from 'sequelize';

/** The schema.org ImageObject columns that pictures of places and of events share; a new object each time. */
export function imageAttributes() {
  return {
    contentUrl: { type: DataTypes.TEXT, allowNull: false },
    caption: DataTypes.TEXT,
    creditText: DataTypes.TEXT,
    position: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
  } satisfies ModelAttributes;
}
