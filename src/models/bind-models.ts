import { auditlog, checkTriggers, installTriggers } from '../audit/index.ts';
import type { Database } from '../database/open-database.ts';
import { log } from '../log.ts';
import { defineModels } from './define-models.ts';

/**
 * Binds the models to an open database and sees to it that the audited tables have their triggers. What
 * keeps writes from being recorded and cannot be mended here, such as a trigger that somebody switched off,
 * is said in the log at every start.
 */
export async function bindModels({ sequelize }: Database): Promise<void> {
  defineModels(sequelize);
  const registrations = auditlog.registrations();
  await installTriggers(sequelize, registrations);
  for (const problem of await checkTriggers(sequelize, registrations)) log.warn(problem.message);
}
