import {
  type CreationOptional,
  DataTypes,
  type ForeignKey,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { Event } from './event.ts';
import { identityAttribute } from './identity-attribute.ts';
import { imageAttributes } from './image-attributes.ts';

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
