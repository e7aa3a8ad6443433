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
import { imageAttributes } from './image-attributes.ts';
import { Place } from './place.ts';

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
