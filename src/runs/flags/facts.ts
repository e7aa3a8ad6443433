import { Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { z } from 'zod';
import { storedJson } from '../../database/stored-json.ts';
import { log } from '../../log.ts';
import { Run } from '../run.ts';

/** Null in facts that were stored by a program that did not know this one. */
const count = z.int().min(0).nullable().default(null);

/** What a run did to one field, as far as flags look at it. */
const fieldFactsSchema = z.object({
  /** Changes of records that existed. */
  updates: count,
  /** Of these, how many took a value away. */
  emptied: count,
  /** The commonest text among the new values of updates, and how often it was written; null for none. */
  commonest: z.string().nullable().default(null),
  commonestCount: count,
  /** New records whose field has a value. */
  filled: count,
});

/** What a run did to the records of one model. */
const modelFactsSchema = z.object({
  /** How many records the source had when the run ended. */
  known: count,
  created: count,
  updated: count,
  deleted: count,
  /** Records that were moved by more than a kilometre. */
  moved: count,
  fields: z.record(z.string(), fieldFactsSchema).default({}),
});

const runFactsSchema = z.object({
  pages: count,
  items: count,
  rejected: count,
  /** Whether the run was meant to read all of its source. */
  isWhole: z.boolean().nullable().default(null),
  models: z.record(z.string(), modelFactsSchema),
});

export type RunFacts = z.infer<typeof runFactsSchema>;
export type ModelFacts = z.infer<typeof modelFactsSchema>;
export type FieldFacts = z.infer<typeof fieldFactsSchema>;

/** What flags are computed from. Stored with the run, because later runs are compared with it. */
const storedFacts = storedJson(runFactsSchema);

export const noFieldFacts: FieldFacts = {
  updates: 0,
  emptied: 0,
  commonest: null,
  commonestCount: 0,
  filled: 0,
};

export const noModelFacts: ModelFacts = {
  known: 0,
  created: 0,
  updated: 0,
  deleted: 0,
  moved: 0,
  fields: {},
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

/** Stores with a run what it did. */
export async function storeFacts(run: Run, facts: RunFacts, transaction: Transaction): Promise<void> {
  await run.update({ details: { ...run.details, facts: storedFacts.write(facts) } }, { transaction });
}

/**
 * What is stored of what a run did; null for a run that is running, and for a dry run.
 *
 * @throws HotspotsError STORED_JSON_UNREADABLE when another version of the program has stored it in another form
 */
export function factsOf({ id, details }: Pick<Run, 'id' | 'details'>): RunFacts | null {
  return details.facts === undefined ? null : storedFacts.read(details.facts, `What run ${id} did`);
}

/** How many runs show what is usual. */
const compared = 10;

/** From so many good runs on, runs that nobody judged are not asked. */
const enoughGood = 3;

/**
 * The facts of the newest good runs of the same spider and source before a run. While there are few, quiet runs
 * that nobody judged count too. Runs whose facts cannot be read are left out, which is logged.
 */
export async function usualFacts(run: Run, transaction: Transaction): Promise<RunFacts[]> {
  const { spider, sourceName } = run;
  const earlier = {
    kind: 'crawl',
    state: 'finished',
    spider,
    sourceName,
    id: { [Op.lt]: run.id },
    // Dry runs have none.
    'details.facts': { [Op.ne]: null },
  };
  const find = (verdict: 'good' | null) =>
    Run.findAll({
      where: { ...earlier, verdict },
      order: [['id', 'DESC']],
      limit: 3 * compared,
      transaction,
    });
  const good = await find('good');
  const quiet = good.length >= enoughGood ? [] : (await find(null)).filter(({ flags }) => flags.length === 0);
  const usual: RunFacts[] = [];
  const unreadable: { run: string; error: unknown }[] = [];
  for (const each of [...good, ...quiet]) {
    if (usual.length === compared) break;
    try {
      const facts = factsOf(each);
      if (facts !== null) usual.push(facts);
    } catch (error) {
      unreadable.push({ run: each.id, error });
    }
  }
  const [newest] = unreadable;
  if (newest !== undefined) {
    log.warn('Earlier runs do not count as usual, because what they did cannot be read', {
      source: sourceName,
      runs: unreadable.map((each) => each.run),
      error: newest.error,
    });
  }
  return usual;
}
