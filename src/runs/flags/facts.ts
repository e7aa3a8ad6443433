import { Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { z } from 'zod';
import { Run } from '../run.ts';

const count = z.int().min(0);

/** What a run did to one field, as far as flags look at it. */
const fieldFactsSchema = z.object({
  /** Changes of records that existed. */
  updates: count,
  /** Of these, how many took a value away. */
  emptied: count,
  /** The commonest text among the new values of updates, and how often it was written. */
  commonest: z.string().nullable(),
  commonestCount: count,
  /** New records whose field has a value. */
  filled: count,
});

/** What flags are computed from. Stored with the run, because later runs are compared with it. */
export const runFactsSchema = z.object({
  pages: count,
  items: count,
  rejected: count,
  /** Whether the run was meant to read all of its source. */
  isWhole: z.boolean(),
  /** By model: how many records the source had when the run ended, and what the run did to them. */
  models: z.record(
    z.string(),
    z.object({
      known: count,
      created: count,
      updated: count,
      deleted: count,
      /** Records that were moved by more than a kilometre. */
      moved: count,
      fields: z.record(z.string(), fieldFactsSchema),
    }),
  ),
});

export type RunFacts = z.infer<typeof runFactsSchema>;
export type ModelFacts = RunFacts['models'][string];
export type FieldFacts = z.infer<typeof fieldFactsSchema>;

export const noFieldFacts: FieldFacts = {
  updates: 0,
  emptied: 0,
  commonest: null,
  commonestCount: 0,
  filled: 0,
};

/** Reads from the log what a run did. Two passes over the run's entries, by their index. */
export async function collectFacts(
  sequelize: Sequelize,
  run: Run,
  transaction: Transaction,
): Promise<RunFacts> {
  const select = <Row extends object>(sql: string, bind: readonly unknown[]) =>
    sequelize.query<Row>(sql, { bind: [...bind], type: QueryTypes.SELECT, transaction });
  const models = await select<Omit<ModelFacts, 'known' | 'fields'> & { model: string }>(recordsSql, [run.id]);
  const fields = await select<FieldFacts & { model: string; field: string }>(fieldsSql, [run.id]);
  const known = run.sourceName === null ? [] : await select<Known>(knownSql, [run.sourceName]);
  const facts: RunFacts['models'] = Object.fromEntries(
    models.map(({ model, ...counts }) => [
      model,
      { ...counts, known: known.find((each) => each.model === model)?.known ?? 0, fields: {} },
    ]),
  );
  for (const { model, field, ...ofField } of fields) {
    const ofModel = facts[model];
    if (ofModel !== undefined) ofModel.fields[field] = { ...noFieldFacts, ...ofField };
  }
  const { pages, items, rejected, details } = run;
  const isWhole = run.state === 'finished' && (details.limit ?? null) === null && details.archive === null;
  return { pages, items, rejected, isWhole, models: facts };
}

interface Known {
  model: string;
  known: number;
}

const knownSql = `
  SELECT initcap(kind) AS model, count(DISTINCT coalesce(place_id, event_id))::int AS known
  FROM source_records WHERE source_name = $1 GROUP BY kind`;

/** Actions as in `logActions`. A degree of latitude is 111.32 km; one of longitude is less, by the cosine. */
const recordsSql = `
  SELECT model,
         count(DISTINCT object_id) FILTER (WHERE action = 0)::int AS created,
         count(DISTINCT object_id) FILTER (WHERE action = 1)::int AS updated,
         count(DISTINCT object_id) FILTER (WHERE action = 2)::int AS deleted,
         count(DISTINCT object_id) FILTER (WHERE sqrt(
           power(north * 111.32, 2) + power(east * 111.32 * cos(radians(coalesce(latitude, 45))), 2)) > 1)::int AS moved
  FROM (
    SELECT model, object_id, action,
           (changes #>> '{latitude,0}')::float8 AS latitude,
           coalesce((changes #>> '{latitude,1}')::float8 - (changes #>> '{latitude,0}')::float8, 0) AS north,
           coalesce((changes #>> '{longitude,1}')::float8 - (changes #>> '{longitude,0}')::float8, 0) AS east
    FROM log_entries WHERE run_id = $1 AND action <> 3
  ) entry GROUP BY model`;

const fieldsSql = `
  WITH changed AS (
    SELECT model, action, field.key AS field, field.value -> 0 AS old, field.value -> 1 AS new
    FROM log_entries entry, jsonb_each(entry.changes) field
    WHERE run_id = $1 AND action IN (0, 1) AND jsonb_typeof(field.value) = 'array'
  ),
  texts AS (
    SELECT DISTINCT ON (model, field) model, field, left(new #>> '{}', 200) AS commonest, count(*)::int AS count
    FROM changed WHERE action = 1 AND jsonb_typeof(new) = 'string'
    GROUP BY model, field, new ORDER BY model, field, count(*) DESC, new
  )
  SELECT model, field,
         count(*) FILTER (WHERE action = 1)::int AS updates,
         count(*) FILTER (WHERE action = 1 AND new IN ('null', '""', '[]') AND old NOT IN ('null', '""', '[]'))::int
           AS emptied,
         count(*) FILTER (WHERE action = 0 AND new NOT IN ('null', '""', '[]'))::int AS filled,
         min(commonest) AS commonest, coalesce(min(texts.count), 0) AS "commonestCount"
  FROM changed LEFT JOIN texts USING (model, field) GROUP BY model, field`;

/** How many runs show what is usual. */
const compared = 10;

/** From so many good runs on, runs that nobody judged are not asked. */
const enoughGood = 3;

/**
 * The facts of the newest good runs of the same spider and source before a run. While there are few, quiet runs
 * that nobody judged count too.
 */
export async function usualFacts(run: Run, transaction: Transaction): Promise<RunFacts[]> {
  const { spider, sourceName } = run;
  const earlier = { kind: 'crawl', state: 'finished', spider, sourceName, id: { [Op.lt]: run.id } };
  const find = (verdict: 'good' | null) =>
    Run.findAll({
      where: { ...earlier, verdict },
      order: [['id', 'DESC']],
      limit: 3 * compared,
      transaction,
    });
  const good = await find('good');
  const quiet = good.length >= enoughGood ? [] : (await find(null)).filter(({ flags }) => flags.length === 0);
  return [...good, ...quiet].slice(0, compared).flatMap(({ details }) => {
    const facts = runFactsSchema.safeParse(details.facts);
    return facts.success ? [facts.data] : [];
  });
}
