import { Model, type ModelStatic, type Sequelize } from 'sequelize';
import { Place } from '../../src/records/place.ts';

/** The attributes of `Place`, bound to the table plain_places, and not registered with the audit log. */
export function definePlainPlace(sequelize: Sequelize): ModelStatic<Model> {
  const PlainPlace = class extends Model {};
  const attributes = Object.entries(Place.getAttributes()).map(
    ([name, { type, allowNull = true, defaultValue, primaryKey = false, autoIncrement = false }]) =>
      [name, { type, allowNull, defaultValue, primaryKey, autoIncrement }] as const,
  );
  PlainPlace.init(Object.fromEntries(attributes), {
    ...{ sequelize, modelName: 'PlainPlace', tableName: 'plain_places', underscored: true },
  });
  return PlainPlace;
}
