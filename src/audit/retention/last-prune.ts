import { QueryTypes, type Sequelize } from 'sequelize';
import { lastPruneSql, type Prune } from './prune.ts';

/** What retention did last; null when it has never removed anything. */
export async function lastPrune(sequelize: Sequelize): Promise<Prune | null> {
  const [prune] = await sequelize.query<Prune>(lastPruneSql, { type: QueryTypes.SELECT });
  return prune ?? null;
}
