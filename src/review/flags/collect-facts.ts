import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Run } from '../../models/run.ts';
import { type FieldFacts, type ModelFacts, noFieldFacts, type RunFacts } from './run-facts.ts';

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
