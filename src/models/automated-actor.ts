import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type Actor, type AutomatedActorKind, runAsActor } from '../audit/index.ts';
import { automatedUser } from './automated-user.ts';
import { User } from './user.ts';

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
    await sequelize.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', {
      bind: [`hotspots:automated-actor:${email}`],
      transaction,
    });
    const madeMeanwhile = await User.findOne({ where: { email }, transaction });
    if (madeMeanwhile !== null) return { id: madeMeanwhile.id, email };
    const id = await nextUserId(sequelize, transaction);
    const actor: Actor = { id, email };
    await runAsActor(actor, {}, () => User.create({ ...automatedUser(kind), id }, { transaction }));
    return actor;
  });
}

async function nextUserId(sequelize: Sequelize, transaction: Transaction): Promise<string> {
  const [row] = await sequelize.query<{ id: string }>(
    "SELECT nextval(pg_get_serial_sequence('users', 'id'))::text AS id",
    { type: QueryTypes.SELECT, transaction },
  );
  if (row === undefined) throw new TypeError('The sequence of users.id gave no number.');
  return row.id;
}
