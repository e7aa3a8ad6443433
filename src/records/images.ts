import {
  type CreationOptional,
  DataTypes,
  type ForeignKey,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type ModelAttributes,
  type Sequelize,
} from 'sequelize';
import { identityAttribute } from './attributes.ts';
import { Event } from './event.ts';
import { Place } from './place.ts';

/** The schema.org ImageObject columns that pictures of places and of events share; a new object each time. */
function imageAttributes() {
  return {
    contentUrl: { type: DataTypes.TEXT, allowNull: false },
    caption: DataTypes.TEXT,
    creditText: DataTypes.TEXT,
    position: { type: DataTypes.INTEGER, allowNull: false, defaultValue: 0 },
  } satisfies ModelAttributes;
}

/** A picture of a place, in the words of schema.org ImageObject. */
export class PlaceImage extends Model<InferAttributes<PlaceImage>, InferCreationAttributes<PlaceImage>> {
  declare id: CreationOptional<string>;
  declare placeId: ForeignKey<Place['id']>;
  declare contentUrl: string;
  declare caption: CreationOptional<string | null>;
  declare creditText: CreationOptional<string | null>;
  /** Place in the order of the pictures, from 0. */
  declare position: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function definePlaceImage(sequelize: Sequelize): void {
  PlaceImage.init(
    {
      id: identityAttribute(),
      placeId: { type: DataTypes.BIGINT, allowNull: false },
      ...imageAttributes(),
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'PlaceImage', tableName: 'place_images', underscored: true },
  );
  PlaceImage.belongsTo(Place, { as: 'place', foreignKey: 'placeId' });
}

/** A picture of an event, in the words of schema.org ImageObject. */
export class EventImage extends Model<InferAttributes<EventImage>, InferCreationAttributes<EventImage>> {
  declare id: CreationOptional<string>;
  declare eventId: ForeignKey<Event['id']>;
  declare contentUrl: string;
  declare caption: CreationOptional<string | null>;
  declare creditText: CreationOptional<string | null>;
  /** Place in the order of the pictures, from 0. */
  declare position: CreationOptional<number>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineEventImage(sequelize: Sequelize): void {
  EventImage.init(
    {
      id: identityAttribute(),
      eventId: { type: DataTypes.BIGINT, allowNull: false },
      ...imageAttributes(),
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'EventImage', tableName: 'event_images', underscored: true },
  );
  EventImage.belongsTo(Event, { as: 'event', foreignKey: 'eventId' });
}
