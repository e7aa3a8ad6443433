import { QueryTypes, type Sequelize } from 'sequelize';
import { emptyTables } from '../helpers/empty-tables.ts';
import type { Counts } from './rounds.ts';

/** What stays: what migrations made, and the users whom the audit layer has looked up. */
const kept = ['schema_migrations', 'server_secrets', 'users'];

/**
 * Empties all tables of records, the log and the tables of baselines, restarts their ids, and writes to the disk what
 * waits for it: the state from which each side of a comparison starts.
 */
export async function startAnew(sequelize: Sequelize): Promise<void> {
  const tables = await sequelize.query<{ name: string }>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname = 'public' AND tablename <> ALL ($1)`,
    { bind: [kept], type: QueryTypes.SELECT },
  );
  await emptyTables(sequelize, ...tables.map(({ name }) => name));
  await sequelize.query('CHECKPOINT');
}

/** How many rows there are by these queries that end "FROM … WHERE …". */
export async function countRows(
  sequelize: Sequelize,
  sources: Readonly<Record<string, string>>,
): Promise<Counts> {
  const counts = Object.entries(sources).map(async ([what, source]): Promise<[string, number]> => {
    const [row] = await sequelize.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${source}`, {
      type: QueryTypes.SELECT,
    });
    return [what, row?.n ?? Number.NaN];
  });
  return Object.fromEntries(await Promise.all(counts));
}
