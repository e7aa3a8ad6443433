import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import type { Registration } from '../../../src/audit/registration.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { addRejectingHooks, earlyRejectingHooks } from './rejecting-hooks.ts';

/** A small database of audited tables that refer to each other in every way that PostgreSQL acts on. */
export interface Store {
  readonly sequelize: Sequelize;
  readonly url: string;
  readonly Crate: ModelStatic<Model>;
  /** Paranoid; deleted with its crate. */
  readonly Parcel: ModelStatic<Model>;
  readonly Tag: ModelStatic<Model>;
  readonly registrations: readonly Registration[];
  readonly hasTriggers: boolean;
}

/** The tags that crates can have; their rows never change. */
export const tagIds = [1, 2, 3] as const;

/**
 * Makes the tables and the models, and registers them.
 *
 * @param hasTriggers whether the tables get audit triggers; without them, foreign keys change no row either,
 *   because nothing would record it.
 */
export async function createStore(database: Database, { hasTriggers = true } = {}): Promise<Store> {
  const { sequelize, url } = database;
  await sequelize.query(tablesSql(hasTriggers));
  const models = defineModels(sequelize, hasTriggers);
  const { Crate, Parcel, Sticker } = models;
  auditlog.register(Crate, { exclude: ['hits'], mask: ['secret'], label: 'name', manyToMany: ['tags'] });
  auditlog.register([Parcel, Sticker]);
  for (const model of [Crate, Parcel, Sticker]) addRejectingHooks(model);
  const own = new Set([Crate, Parcel, Sticker]);
  const registrations = auditlog.registrations().filter(({ model }) => own.has(model));
  if (hasTriggers) await installTriggers(sequelize, registrations);
  return { sequelize, url, ...models, registrations, hasTriggers };
}

function tablesSql(hasActions: boolean): string {
  const cascade = hasActions ? 'ON DELETE CASCADE ON UPDATE CASCADE' : '';
  const setNull = hasActions ? 'ON DELETE SET NULL ON UPDATE CASCADE' : '';
  const stamps =
    'created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now()';
  return `
    CREATE SEQUENCE unnumbered;
    CREATE TABLE crates (
      id integer PRIMARY KEY DEFAULT nextval('unnumbered'),
      code text UNIQUE, name text CHECK (name <> 'forbidden'), count integer NOT NULL DEFAULT 7,
      price numeric(10, 2), serial bigint, weight double precision, sold_at timestamptz, sold_on date,
      meta jsonb, marks text[], photo bytea, secret text, hits integer NOT NULL DEFAULT 0, stamp integer,
      parent_id integer REFERENCES crates ${cascade}, ${stamps});
    CREATE TABLE parcels (
      id integer PRIMARY KEY DEFAULT nextval('unnumbered'), crate_id integer REFERENCES crates ${cascade},
      name text CHECK (name <> 'forbidden'), count integer NOT NULL DEFAULT 7, stamp integer,
      deleted_at timestamptz, ${stamps});
    CREATE TABLE stickers (
      id integer PRIMARY KEY DEFAULT nextval('unnumbered'), crate_id integer REFERENCES crates ${setNull},
      parcel_id integer REFERENCES parcels ${cascade}, name text, stamp integer, ${stamps});
    CREATE TABLE tags (id integer PRIMARY KEY, name text NOT NULL);
    INSERT INTO tags VALUES (${tagIds.map((id) => `${id}, 'tag ${id}'`).join('), (')});
    CREATE TABLE crates_tags (
      crate_id integer REFERENCES crates ${hasActions ? 'ON DELETE CASCADE' : ''}, tag_id integer REFERENCES tags,
      PRIMARY KEY (crate_id, tag_id));
    CREATE FUNCTION add_to_crate(wanted integer, amount integer, mark integer) RETURNS void LANGUAGE sql
      AS 'UPDATE crates SET count = count + amount, stamp = mark WHERE id = wanted';`;
}

function defineModels(sequelize: Sequelize, hasActions: boolean) {
  const id = { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true };
  const Crate: ModelStatic<Model> = sequelize.define(
    'Crate',
    {
      id,
      code: { type: DataTypes.TEXT, unique: true },
      name: DataTypes.TEXT,
      count: DataTypes.INTEGER,
      price: DataTypes.DECIMAL(10, 2),
      serial: DataTypes.BIGINT,
      weight: DataTypes.DOUBLE,
      soldAt: DataTypes.DATE,
      soldOn: DataTypes.DATEONLY,
      meta: DataTypes.JSONB,
      marks: DataTypes.ARRAY(DataTypes.TEXT),
      photo: DataTypes.BLOB,
      secret: DataTypes.TEXT,
      hits: DataTypes.INTEGER,
      stamp: DataTypes.INTEGER,
      parentId: DataTypes.INTEGER,
    },
    { tableName: 'crates', hooks: earlyRejectingHooks },
  );
  const Parcel: ModelStatic<Model> = sequelize.define(
    'Parcel',
    {
      id,
      crateId: DataTypes.INTEGER,
      name: DataTypes.TEXT,
      count: DataTypes.INTEGER,
      stamp: DataTypes.INTEGER,
      deletedAt: DataTypes.DATE,
    },
    { tableName: 'parcels', paranoid: true, hooks: earlyRejectingHooks },
  );
  const Sticker: ModelStatic<Model> = sequelize.define(
    'Sticker',
    {
      id,
      crateId: DataTypes.INTEGER,
      parcelId: DataTypes.INTEGER,
      name: DataTypes.TEXT,
      stamp: DataTypes.INTEGER,
    },
    { tableName: 'stickers' },
  );
  const Tag: ModelStatic<Model> = sequelize.define(
    'Tag',
    { id, name: DataTypes.TEXT },
    { timestamps: false },
  );
  const onDelete = hasActions ? 'CASCADE' : 'NO ACTION';
  Crate.hasMany(Parcel, { foreignKey: 'crateId', as: 'parcels', onDelete });
  Crate.belongsToMany(Tag, {
    through: 'crates_tags',
    foreignKey: 'crateId',
    otherKey: 'tagId',
    as: 'tags',
    timestamps: false,
  });
  return { Crate, Parcel, Sticker, Tag };
}
