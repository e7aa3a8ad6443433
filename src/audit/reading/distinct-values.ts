import { QueryTypes, type Sequelize } from 'sequelize';
import { maxKeys } from './scan-path.ts';

/**
 * The different values of an indexed column, by one look into the index for each: counting them by reading
 * every entry would take seconds.
 *
 * @returns undefined when there are more than are worth looking at one by one
 */
export async function distinctValues(
  sequelize: Sequelize,
  column: 'model' | 'actor_email',
): Promise<string[] | undefined> {
  const rows = await sequelize.query<{ value: string }>(
    `WITH RECURSIVE found AS (
       (SELECT ${column} AS value FROM log_entries ORDER BY ${column} LIMIT 1)
       UNION ALL
       SELECT (SELECT ${column} FROM log_entries WHERE ${column} > found.value ORDER BY ${column} LIMIT 1)
       FROM found WHERE found.value IS NOT NULL
     )
     SELECT value FROM found WHERE value IS NOT NULL LIMIT ${maxKeys + 1}`,
    { type: QueryTypes.SELECT },
  );
  return rows.length > maxKeys ? undefined : rows.map(({ value }) => value);
}
