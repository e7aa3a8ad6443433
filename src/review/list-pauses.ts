import { QueryTypes, type Sequelize } from 'sequelize';
import { type SourcePause, sourcePauseColumns } from './source-pause.ts';

/** All paused sources, by name. */
export async function listPauses(sequelize: Sequelize): Promise<SourcePause[]> {
  return await sequelize.query<SourcePause>(
    `SELECT ${sourcePauseColumns} FROM source_pauses ORDER BY source_name`,
    { type: QueryTypes.SELECT },
  );
}
