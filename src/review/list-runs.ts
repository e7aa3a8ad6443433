import { Op, type Sequelize, type WhereOptions } from 'sequelize';
import { Run } from '../models/run.ts';
import type { IdPage } from './list-holds.ts';
import type { RunFilter } from './run-filter.ts';

export interface RunList {
  /** Flagged runs that nobody has judged, the newest first; on the first page only. */
  waiting: Run[];
  /** The others, the newest first. */
  runs: Run[];
  /** Give this as `before` for the next page; null when there is none. */
  next: string | null;
}

/** More flagged runs than this are no queue that somebody works off. */
const mostWaiting = 100;

const columns = {
  actor: 'actorEmail',
  spider: 'spider',
  source: 'sourceName',
  kind: 'kind',
  verdict: 'verdict',
} as const;

/** Runs that fit a filter, a page at a time. What they are judged by is stored with them: nothing else is read. */
export async function listRuns(sequelize: Sequelize, filter: RunFilter, page: IdPage): Promise<RunList> {
  const flagged = sequelize.literal("flags <> '[]'");
  const where = [...conditionsOf(filter), ...(filter.flagged ? [flagged] : [])];
  if (filter.flagged === false) where.push(sequelize.literal("flags = '[]'"));
  const isWaiting = [flagged, { verdict: null }];
  const waiting =
    page.before === undefined
      ? await Run.findAll({
          where: { [Op.and]: [...where, ...isWaiting] },
          order: [['id', 'DESC']],
          limit: mostWaiting,
        })
      : [];
  // Those that wait stand above, whatever their age.
  const others = sequelize.literal("(verdict IS NOT NULL OR flags = '[]')");
  const found = await Run.findAll({
    where: {
      [Op.and]: [...where, others, ...(page.before === undefined ? [] : [{ id: { [Op.lt]: page.before } }])],
    },
    order: [['id', 'DESC']],
    limit: page.limit + 1,
  });
  const runs = found.slice(0, page.limit);
  return { waiting, runs, next: found.length > runs.length ? (runs.at(-1)?.id ?? null) : null };
}

function conditionsOf({ not, since, until, flagged: _, ...wanted }: RunFilter): WhereOptions[] {
  const conditions: WhereOptions[] = [];
  for (const [word, column] of Object.entries(columns)) {
    const [values, excluded] = [valuesOf(wanted, word), valuesOf(not ?? {}, word)];
    if (values !== undefined) conditions.push(isOneOf(column, values));
    if (excluded !== undefined) conditions.push({ [Op.not]: isOneOf(column, excluded) });
  }
  if (since !== undefined) conditions.push({ startedAt: { [Op.gte]: since } });
  if (until !== undefined) conditions.push({ startedAt: { [Op.lt]: until } });
  return conditions;
}

function valuesOf(
  conditions: Readonly<Record<string, unknown>> | object,
  word: string,
): string[] | undefined {
  const values: unknown = Reflect.get(conditions, word);
  return Array.isArray(values) ? values.map(String) : undefined;
}

/** A missing value is not the excluded one; "none" is how a missing verdict is called. */
function isOneOf(column: string, values: readonly string[]): WhereOptions {
  const isNone = column === 'verdict' && values.includes('none');
  const condition = { [column]: { [Op.and]: [{ [Op.not]: null }, { [Op.in]: [...values] }] } };
  return isNone ? { [Op.or]: [condition, { [column]: null }] } : condition;
}
