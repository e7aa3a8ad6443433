import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type SourcePause, sourcePauseColumns } from './source-pause.ts';

/** Why a source is paused; null when it is not. */
export async function findPause(
  sequelize: Sequelize,
  sourceName: string,
  transaction?: Transaction,
): Promise<SourcePause | null> {
  const [pause] = await sequelize.query<SourcePause>(
    `SELECT ${sourcePauseColumns} FROM source_pauses WHERE source_name = $1`,
    { bind: [sourceName], type: QueryTypes.SELECT, ...(transaction && { transaction }) },
  );
  return pause ?? null;
}
