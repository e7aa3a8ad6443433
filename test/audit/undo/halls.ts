import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import { auditlog } from '../../../src/audit/record/auditlog.ts';

/** What the database does to rows that point to a deleted one. */
export type OnDelete = 'NO ACTION' | 'SET NULL' | 'CASCADE';

export interface Halls {
  readonly Hall: ModelStatic<Model>;
  readonly Show: ModelStatic<Model>;
  /** Nobody records it. */
  readonly Poster: ModelStatic<Model>;
}

/** Defines and registers halls, in halls, with shows: Sequelize knows no association between them. */
export function defineHalls(sequelize: Sequelize, onDelete: OnDelete): Halls {
  const { INTEGER, TEXT } = DataTypes;
  const id = () => ({ type: INTEGER, primaryKey: true, autoIncrement: true });
  const toHall = () => ({ type: INTEGER, references: { model: 'halls', key: 'id' }, onDelete });
  const options = { timestamps: false };
  const Hall = sequelize.define(
    'Hall',
    { id: id(), name: TEXT, code: { type: TEXT, unique: true }, parentId: toHall() },
    { ...options, tableName: 'halls' },
  );
  const Show = sequelize.define('Show', { id: id(), name: TEXT, hallId: toHall() }, options);
  const Poster = sequelize.define('Poster', { id: id(), hallId: toHall() }, options);
  auditlog.register([Hall, Show]);
  return { Hall, Show, Poster };
}
