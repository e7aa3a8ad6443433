import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * Lets a paused source be crawled again.
 *
 * @returns false when it was not paused
 */
export async function resumeSource(sequelize: Sequelize, sourceName: string): Promise<boolean> {
  const rows = await sequelize.query(
    'DELETE FROM source_pauses WHERE source_name = $1 RETURNING source_name',
    { bind: [sourceName], type: QueryTypes.SELECT },
  );
  return rows.length > 0;
}
