import { QueryTypes, type Sequelize } from 'sequelize';
import { type SourcePause, sourcePauseColumns } from './source-pause.ts';

/** Why a source is paused; null when it is not. */
export async function findPause(sequelize: Sequelize, sourceName: string): Promise<SourcePause | null> {
  const [pause] = await sequelize.query<SourcePause>(
    `SELECT ${sourcePauseColumns} FROM source_pauses WHERE source_name = $1`,
    { bind: [sourceName], type: QueryTypes.SELECT },
  );
  return pause ?? null;
}
