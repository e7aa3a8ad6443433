import { existsSync } from 'node:fs';
import path from 'node:path';
import { config } from '../../../config.ts';
import { HotspotsError } from '../../../errors.ts';
import type { SourcePause } from '../../../runs/source-pauses.ts';
import { listPauses } from '../../../runs/source-pauses.ts';
import { safeText } from '../terminal/safe-text.ts';
import { withDatabase } from '../with-database.ts';

/**
 * The sources that are paused, by name. No database is made to find none. One that does not answer is said on stderr:
 * what else there is to say of spiders and sources is in files.
 */
export async function pausedSources(): Promise<Map<string, SourcePause>> {
  if (config.databaseUrl === undefined && !existsSync(path.join(config.storageFolder, 'postgres', 'data')))
    return new Map();
  try {
    const pauses = await withDatabase(({ sequelize }) => listPauses(sequelize));
    return new Map(pauses.map((pause) => [pause.sourceName, pause]));
  } catch (error) {
    if (!(error instanceof HotspotsError)) throw error;
    process.stderr.write(`${safeText(`Which sources are paused is not known. ${error.message}`)}\n`);
    return new Map();
  }
}
