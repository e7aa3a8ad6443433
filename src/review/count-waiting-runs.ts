import { QueryTypes, type Sequelize } from 'sequelize';

/** How many flagged runs nobody has judged yet. */
export async function countWaitingRuns(sequelize: Sequelize): Promise<number> {
  const [row] = await sequelize.query<{ count: number }>(
    "SELECT count(*)::int AS count FROM runs WHERE verdict IS NULL AND flags <> '[]'",
    { type: QueryTypes.SELECT },
  );
  return row?.count ?? 0;
}
