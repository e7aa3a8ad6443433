import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { JsonValue } from '../values.ts';

/** What a run did to one field of one model: the row that a bad run is recognised by. */
export interface FieldSummary {
  model: string;
  field: string;
  changes: number;
  commonestNewValue: JsonValue;
  commonestCount: number;
  samples: {
    objectId: string;
    objectLabel: string;
    old: JsonValue;
    new: JsonValue;
    sourceUrl: string | null;
  }[];
}

/**
 * Per field: how many changes, the commonest new value, and the first three changes as samples. What joined a
 * many-to-many relation counts as new, what left it as old.
 */
export async function summariseRun(
  sequelize: Sequelize,
  runId: string,
  transaction?: Transaction,
): Promise<{ fields: FieldSummary[] }> {
  const fields = await sequelize.query<FieldSummary>(
    `WITH field_changes AS (
       SELECT entry.id, entry.model, field.key AS field, entry.object_id, entry.object_label, entry.source_url,
              CASE WHEN field.value ->> 'operation' = 'delete' THEN field.value -> 'objects'
                   ELSE coalesce(field.value -> 0, 'null') END AS old,
              CASE WHEN field.value ->> 'operation' = 'add' THEN field.value -> 'objects'
                   ELSE coalesce(field.value -> 1, 'null') END AS new
       FROM log_entries entry, jsonb_each(entry.changes) field
       WHERE entry.run_id = $1
         -- A new record's empty list says nothing.
         AND field.value <> '[null, []]'
     ),
     per_value AS (
       SELECT model, field, new, count(*)::int AS changes,
              row_number() OVER (PARTITION BY model, field ORDER BY count(*) DESC, new) AS place
       FROM field_changes GROUP BY model, field, new
     ),
     per_field AS (
       SELECT model, field, sum(changes)::int AS changes,
              max(changes) FILTER (WHERE place = 1) AS "commonestCount",
              (array_agg(new) FILTER (WHERE place = 1))[1] AS "commonestNewValue"
       FROM per_value GROUP BY model, field
     ),
     samples AS (
       SELECT model, field, jsonb_agg(
                jsonb_build_object('objectId', object_id, 'objectLabel', object_label, 'old', old, 'new', new,
                                   'sourceUrl', source_url) ORDER BY id) AS samples
       FROM (
         SELECT *, row_number() OVER (PARTITION BY model, field ORDER BY id) AS place FROM field_changes
       ) numbered
       WHERE place <= 3
       GROUP BY model, field
     )
     SELECT model, field, changes, "commonestNewValue", "commonestCount", samples
     FROM per_field JOIN samples USING (model, field)
     ORDER BY model, changes DESC, field`,
    { bind: [runId], type: QueryTypes.SELECT, ...(transaction && { transaction }) },
  );
  return { fields };
}
