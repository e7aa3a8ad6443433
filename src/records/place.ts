import {
  type CreationOptional,
  DataTypes,
  type ForeignKey,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute, thingAttributes } from './attributes.ts';

/** What `Place.aggregateRating` holds, in schema.org's words. */
export interface AggregateRating {
  ratingValue: number;
  ratingCount: number | null;
  bestRating: number;
}

/** A place, in schema.org's words. */
export class Place extends Model<InferAttributes<Place>, InferCreationAttributes<Place>> {
  declare id: CreationOptional<string>;
  declare name: string;
  declare description: CreationOptional<string | null>;
  declare url: CreationOptional<string | null>;
  declare image: CreationOptional<string | null>;
  declare sameAs: CreationOptional<string[]>;
  declare identifier: CreationOptional<string | null>;
  declare streetAddress: CreationOptional<string | null>;
  declare addressLocality: CreationOptional<string | null>;
  declare addressRegion: CreationOptional<string | null>;
  declare postalCode: CreationOptional<string | null>;
  /** ISO 3166-1 alpha-2. */
  declare addressCountry: CreationOptional<string | null>;
  /** Degrees, WGS 84; set together with `longitude` or not at all. */
  declare latitude: CreationOptional<number | null>;
  declare longitude: CreationOptional<number | null>;
  /** IANA zone. */
  declare timeZone: CreationOptional<string | null>;
  /** E.164. */
  declare telephone: CreationOptional<string | null>;
  declare email: CreationOptional<string | null>;
  /** schema.org openingHours, "Mo-Fr 09:00-17:00". */
  declare openingHours: CreationOptional<string[]>;
  declare priceRange: CreationOptional<string | null>;
  declare categories: CreationOptional<string[]>;
  declare isClosed: CreationOptional<boolean>;
  declare isDuplicate: CreationOptional<boolean>;
  declare duplicateOfId: CreationOptional<ForeignKey<Place['id']> | null>;
  declare aggregateRating: CreationOptional<AggregateRating | null>;
  declare needsRatingUpdate: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function definePlace(sequelize: Sequelize): void {
  const flag = () => ({ type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false });
  const list = () => ({ type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false, defaultValue: [] });
  Place.init(
    {
      id: identityAttribute(),
      ...thingAttributes(),
      streetAddress: DataTypes.TEXT,
      addressLocality: DataTypes.TEXT,
      addressRegion: DataTypes.TEXT,
      postalCode: DataTypes.TEXT,
      addressCountry: DataTypes.TEXT,
      latitude: DataTypes.DOUBLE,
      longitude: DataTypes.DOUBLE,
      timeZone: DataTypes.TEXT,
      telephone: DataTypes.TEXT,
      email: DataTypes.TEXT,
      openingHours: list(),
      priceRange: DataTypes.TEXT,
      categories: list(),
      isClosed: flag(),
      isDuplicate: flag(),
      duplicateOfId: DataTypes.BIGINT,
      aggregateRating: DataTypes.JSONB,
      needsRatingUpdate: flag(),
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'Place', tableName: 'places', underscored: true },
  );
  Place.belongsTo(Place, { as: 'duplicateOf', foreignKey: 'duplicateOfId' });
}
