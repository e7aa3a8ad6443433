import { QueryTypes, type Sequelize } from 'sequelize';
import { distinctValues } from './distinct-values.ts';
import type { LogEntryFilter } from './log-entry-filter.ts';
import type { ReadingContext } from './reading-context.ts';
import { newestId } from './scan-bounds.ts';
import { maxKeys, type ScanPath, scanStatement, wholeLog } from './scan-path.ts';
import { valuesOf } from './values-of.ts';

/** The way through the log by which a filter's entries are found with the least reading. */
export async function choosePath(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  context: ReadingContext,
): Promise<ScanPath> {
  if (filter.objectId !== undefined) {
    const models =
      filter.model === undefined ? await distinctValues(sequelize, 'model') : valuesOf(filter.model);
    const ids = valuesOf(filter.objectId);
    const keys = models?.flatMap((model) => ids.map((id) => [model, id]));
    if (keys !== undefined && keys.length <= maxKeys) return { columns: ['model', 'object_id'], keys };
  }
  if (filter.correlationId !== undefined) return along('correlation_id', valuesOf(filter.correlationId));
  const runs = filter.run === undefined ? undefined : valuesOf(filter.run);
  if (runs !== undefined && runs.length <= maxKeys) return along('run_id', runs);
  const actors = await actorsOf(sequelize, filter, context);
  const byActor = actors === undefined ? undefined : along('actor_email', actors);
  const byModel = filter.model === undefined ? undefined : along('model', valuesOf(filter.model));
  if (byActor === undefined || byModel === undefined) return byActor ?? byModel ?? wholeLog;
  const [actorSize, modelSize] = [await sizeUpTo(sequelize, byActor), await sizeUpTo(sequelize, byModel)];
  return modelSize < actorSize ? byModel : byActor;
}

function along(
  column: 'actor_email' | 'run_id' | 'correlation_id' | 'model',
  values: readonly string[],
): ScanPath {
  return { columns: [column], keys: [...new Set(values)].map((value) => [value]) };
}

/** The actors that fit, or undefined when the filter names none or they are too many to look at one by one. */
async function actorsOf(
  sequelize: Sequelize,
  { actor, actorType }: LogEntryFilter,
  { actorEmails }: ReadingContext,
): Promise<readonly string[] | undefined> {
  if (actor !== undefined) return valuesOf(actor).map((email) => email.toLowerCase());
  if (actorType === undefined) return undefined;
  const automated = {
    scraper: actorEmails?.scraper.toLowerCase(),
    system: actorEmails?.system.toLowerCase(),
  };
  const all = await distinctValues(sequelize, 'actor_email');
  const types = valuesOf(actorType);
  return all?.filter((email) => {
    if (email === automated.scraper) return types.includes('scraper');
    if (email === automated.system) return types.includes('system');
    return types.includes(email.startsWith('database:') ? 'database' : 'user');
  });
}

const enough = 2000;

/** How many entries lie along a path, if fewer than `enough`. */
async function sizeUpTo(sequelize: Sequelize, path: ScanPath): Promise<number> {
  const bind: unknown[] = [];
  const step = { path, before: path.keys.map(() => newestId), floor: '0', size: enough };
  const statement = scanStatement(step, 'true', (bound) => `$${bind.push(bound)}`);
  const [row] = await sequelize.query<{ size: number }>(
    `SELECT count(*)::int AS size FROM (${statement} LIMIT ${enough}) step`,
    { bind, type: QueryTypes.SELECT },
  );
  return row?.size ?? 0;
}
