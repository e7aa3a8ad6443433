import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { defineLogEntry } from '../../src/audit/log-entry.ts';

/** A model with every kind of column, for tests of the audit layer, which knows nothing of places. */
export class Widget extends Model<InferAttributes<Widget>, InferCreationAttributes<Widget>> {
  declare id: CreationOptional<number>;
  declare code: CreationOptional<string | null>;
  declare name: CreationOptional<string | null>;
  declare secret: CreationOptional<string | null>;
  declare price: CreationOptional<string | number | null>;
  declare size: CreationOptional<string | number | null>;
  declare weight: CreationOptional<number | null>;
  declare count: CreationOptional<number>;
  declare soldAt: CreationOptional<Date | null>;
  declare soldOn: CreationOptional<string | null>;
  declare soldTime: CreationOptional<string | null>;
  declare meta: CreationOptional<Record<string, unknown> | null>;
  declare tags: CreationOptional<string[] | null>;
  declare photo: CreationOptional<Buffer | null>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

/** Makes the table and binds the model; registering it is up to the test. */
export async function defineWidget(sequelize: Sequelize): Promise<void> {
  await sequelize.query(`
    CREATE TABLE widgets (
      id serial PRIMARY KEY, code text UNIQUE, name text CHECK (name <> 'forbidden'), secret text,
      price numeric(10, 2), size bigint, weight double precision, count integer NOT NULL DEFAULT 7,
      sold_at timestamptz, sold_on date, sold_time time, meta jsonb, tags text[], photo bytea,
      created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now())`);
  defineLogEntry(sequelize);
  Widget.init(
    {
      id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
      code: { type: DataTypes.TEXT, unique: true },
      name: DataTypes.TEXT,
      secret: DataTypes.TEXT,
      price: DataTypes.DECIMAL(10, 2),
      size: DataTypes.BIGINT,
      weight: DataTypes.DOUBLE,
      count: DataTypes.INTEGER,
      soldAt: DataTypes.DATE,
      soldOn: DataTypes.DATEONLY,
      soldTime: DataTypes.TIME,
      meta: DataTypes.JSONB,
      tags: DataTypes.ARRAY(DataTypes.TEXT),
      photo: DataTypes.BLOB,
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'Widget', tableName: 'widgets', underscored: true },
  );
}
