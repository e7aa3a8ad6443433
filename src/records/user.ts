import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  QueryTypes,
  type Sequelize,
  type Transaction,
} from 'sequelize';
import { type Actor, type AutomatedActorKind, runAsActor } from '../audit/index.ts';
import { config } from '../config.ts';
import { lockInTransaction } from '../database/advisory-lock.ts';
import { onlyRow } from '../database/only-row.ts';
import { identityAttribute } from './attributes.ts';

/** What the row of the system or scraper user says: somebody who writes, but cannot sign in. */
export function automatedUser(kind: AutomatedActorKind) {
  const emails = { scraper: config.scraperActorEmail, system: config.systemActorEmail };
  return { email: emails[kind].toLowerCase(), username: kind, isActive: false, passwordHash: null };
}

export const roles = ['viewer', 'reviewer', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Somebody who writes: a person, or one of the automated actors, which are inactive and cannot log in. */
export class User extends Model<InferAttributes<User>, InferCreationAttributes<User>> {
  declare id: CreationOptional<string>;
  /** Lower case; unique. */
  declare email: string;
  declare username: string;
  declare isActive: CreationOptional<boolean>;
  declare role: CreationOptional<Role>;
  /** Null for actors without a password, who cannot log in. */
  declare passwordHash: string | null;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineUser(sequelize: Sequelize): void {
  User.init(
    {
      id: identityAttribute(),
      email: { type: DataTypes.TEXT, allowNull: false, unique: true },
      username: { type: DataTypes.TEXT, allowNull: false, unique: true },
      isActive: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
      role: {
        type: DataTypes.TEXT,
        allowNull: false,
        defaultValue: 'viewer',
        validate: { isIn: [[...roles]] },
      },
      passwordHash: DataTypes.TEXT,
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'User', tableName: 'users', underscored: true },
  );
}

/**
 * The user row of the system or scraper actor, made on first use. Two processes may do this at once: the
 * row is made under an advisory lock, so that it is made, and recorded, once.
 *
 * The actor is the author of its own row, which is why the row's id is drawn before the row exists.
 */
export async function findOrCreateAutomatedActor(
  sequelize: Sequelize,
  kind: AutomatedActorKind,
): Promise<Actor> {
  const { email } = automatedUser(kind);
  const known = await User.findOne({ where: { email } });
  if (known !== null) return { id: known.id, email };
  return sequelize.transaction(async (transaction) => {
    await lockInTransaction(sequelize, `automated actor ${email}`, transaction);
    const madeMeanwhile = await User.findOne({ where: { email }, transaction });
    if (madeMeanwhile !== null) return { id: madeMeanwhile.id, email };
    const id = await nextUserId(sequelize, transaction);
    const actor: Actor = { id, email };
    await runAsActor(actor, {}, () => User.create({ ...automatedUser(kind), id }, { transaction }));
    return actor;
  });
}

async function nextUserId(sequelize: Sequelize, transaction: Transaction): Promise<string> {
  const row = onlyRow(
    await sequelize.query<{ id: string }>(
      "SELECT nextval(pg_get_serial_sequence('users', 'id'))::text AS id",
      { type: QueryTypes.SELECT, transaction },
    ),
  );
  return row.id;
}

/** Whether a user may do what needs a role: each role may do what those before it may. */
export function hasRole(user: Pick<User, 'role'>, needed: Role): boolean {
  return roles.indexOf(user.role) >= roles.indexOf(needed);
}
