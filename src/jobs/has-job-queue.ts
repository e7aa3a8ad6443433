import { QueryTypes, type Sequelize } from 'sequelize';

/** Whether a queue was ever opened on this database; before that, there are no tables of jobs to ask. */
export async function hasJobQueue(sequelize: Sequelize): Promise<boolean> {
  const [row] = await sequelize.query<{ found: boolean }>(
    "SELECT to_regclass('pgboss.job') IS NOT NULL AND to_regclass('pgboss.instance') IS NOT NULL AS found",
    { type: QueryTypes.SELECT },
  );
  return row?.found === true;
}
