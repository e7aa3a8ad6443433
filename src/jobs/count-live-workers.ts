import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * How many workers run, on whatever machine: those that have not stopped and missed fewer than three heartbeats, as
 * pg-boss itself counts them. Asks without opening the queue, which would make its tables.
 */
export async function countLiveWorkers(sequelize: Sequelize): Promise<number> {
  const [row] = await sequelize.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pgboss.instance
     WHERE stopped_on IS NULL AND heartbeat_on >= now() - heartbeat_seconds * 3 * interval '1 second'`,
    { type: QueryTypes.SELECT },
  );
  return row?.count ?? 0;
}
