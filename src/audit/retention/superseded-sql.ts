import { logActions } from '../log-action.ts';

const create = logActions.indexOf('create');
const update = logActions.indexOf('update');
const remove = logActions.indexOf('delete');

/**
 * Deletes the entries up to an id ($1) that do not explain how things stood then. Kept are, of each record that was
 * there, its creation, the newest entry of each field, and whatever was attached: replaying them gives the values of
 * that moment, and tells who wrote each.
 */
export const deleteSupersededSql = `
  WITH old AS (
    SELECT id, action, model, object_id, changes FROM log_entries WHERE id <= $1
  ), life AS (
    SELECT DISTINCT ON (model, object_id) model, object_id, id, action FROM old
    WHERE action IN (${create}, ${remove}) ORDER BY model, object_id, id DESC
  ), present AS (
    SELECT old.* FROM old LEFT JOIN life USING (model, object_id)
    WHERE old.action IN (${create}, ${update}) AND life.action IS DISTINCT FROM ${remove}
      AND (life.id IS NULL OR old.id >= life.id)
  ), kept AS (
    SELECT id FROM life WHERE action = ${create}
    UNION
    SELECT newest.id FROM (
      SELECT DISTINCT ON (present.model, present.object_id, field) present.id
      FROM present CROSS JOIN LATERAL jsonb_object_keys(changes) AS field
      ORDER BY present.model, present.object_id, field, present.id DESC
    ) newest
    UNION
    SELECT id FROM present
    WHERE EXISTS (SELECT FROM jsonb_each(changes) AS change (field, value) WHERE jsonb_typeof(value) <> 'array')
  )
  DELETE FROM log_entries entry
  WHERE entry.id <= $1 AND NOT EXISTS (SELECT FROM kept WHERE kept.id = entry.id)`;
