import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';

/** The events table as plain ORM code sees it: a copy of its columns, not registered with the audit log. */
export class PlainEvent extends Model<InferAttributes<PlainEvent>, InferCreationAttributes<PlainEvent>> {
  declare id: CreationOptional<string>;
  declare name: string;
  declare description: string;
  declare url: string;
  declare startDate: Date;
  declare endDate: Date;
  declare timeZone: string;
  declare status: string;
  declare organizer: string;
  declare lowPrice: string;
  declare highPrice: string;
  declare priceCurrency: string;
}

export async function definePlainEvent(sequelize: Sequelize): Promise<void> {
  await sequelize.query('CREATE TABLE plain_events (LIKE events INCLUDING ALL)');
  await sequelize.query('CREATE INDEX ON plain_events (url)');
  PlainEvent.init(
    {
      id: { type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true },
      name: DataTypes.TEXT,
      description: DataTypes.TEXT,
      url: DataTypes.TEXT,
      startDate: DataTypes.DATE,
      endDate: DataTypes.DATE,
      timeZone: DataTypes.TEXT,
      status: DataTypes.TEXT,
      organizer: DataTypes.TEXT,
      lowPrice: DataTypes.DECIMAL(12, 2),
      highPrice: DataTypes.DECIMAL(12, 2),
      priceCurrency: DataTypes.TEXT,
    },
    { sequelize, modelName: 'PlainEvent', tableName: 'plain_events', underscored: true },
  );
}
