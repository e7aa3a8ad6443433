import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { lockInSession } from '../database/advisory-lock.ts';
import { onlyRow } from '../database/only-row.ts';
import { openSession } from '../database/session.ts';
import { HotspotsError } from '../errors.ts';
import { requireContext } from './context.ts';
import { logActions } from './log-entry.ts';
import { chunkReader } from './proof/merkle.ts';
import { textSettings } from './proof/session.ts';
import { keptRoot, verifySeals } from './proof/verify-seals.ts';
import { lastPruneSql, type Prune } from './read/pruned.ts';
import { columnTypes } from './recorded-table.ts';

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

export interface PruneLogOptions {
  /** Entries from then on are all kept. */
  olderThan: Date;
  /** The id of an entry from which on all are kept too; null for none. */
  keepFrom?: string | null;
}

/**
 * Removes old entries, but for those that explain how things stood at the end of what is removed. Only what is sealed
 * goes, up to the end of a chunk of a seal, so that the seals after it stay provable. One transaction; writers are not
 * held up. The actor of the context is recorded as who did it.
 *
 * @returns what was done; null when there was nothing to remove
 * @throws HotspotsError AUDIT_NO_ACTOR; AUDIT_PRUNE_REFUSED when the sealed entries are not what they were: removing
 *   them would hide that
 */
export async function pruneLog(sequelize: Sequelize, options: PruneLogOptions): Promise<Prune | null> {
  const { actor } = await requireContext('LogEntry', 'prune');
  const types = await columnTypes(sequelize, 'log_entries');
  const columns = [...types].map(([name, type]) => ({ name, type }));
  const session = await openSession(sequelize);
  try {
    await session.query('BEGIN');
    await session.query(textSettings);
    await lockInSession(session, 'audit seals');
    const lastId = await lastPrunable(session, options);
    if (lastId === null) return null;
    await refuseIfAltered(sequelize);
    await session.query('SET LOCAL hotspots.retention = on');
    const { rowCount } = await session.query(deleteSupersededSql, [lastId]);
    const { count, root } = await keptRoot(chunkReader(session, columns), lastId);
    await session.query(
      `INSERT INTO log_prunes (older_than, last_id, removed_count, kept_count, kept_root, columns, pruned_by_email)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [options.olderThan, lastId, rowCount, count, root, columns.map(({ name }) => name), actor.email],
    );
    const { rows } = await session.query<Prune>(lastPruneSql);
    await session.query('COMMIT');
    return rows[0] ?? null;
  } finally {
    // Ending the session rolls back what was not committed.
    await session.end();
  }
}

/** Null when that is no further than the time before. */
async function lastPrunable(
  session: pg.Client,
  { olderThan, keepFrom = null }: PruneLogOptions,
): Promise<string | null> {
  const { rows } = await session.query<{ id: string | null }>(
    `SELECT max(chunk_last_id) AS id FROM log_seals, unnest(chunk_last_ids) AS chunk_last_id
     WHERE chunk_last_id < coalesce((SELECT min(id) FROM log_entries WHERE timestamp >= $1), last_id + 1)
       AND ($2::bigint IS NULL OR chunk_last_id < $2)
       AND chunk_last_id > coalesce((SELECT max(last_id) FROM log_prunes), 0)`,
    [olderThan, keepFrom],
  );
  return onlyRow(rows).id;
}

async function refuseIfAltered(sequelize: Sequelize): Promise<void> {
  const { problems } = await verifySeals(sequelize);
  if (problems === 0) return;
  throw new HotspotsError(
    'AUDIT_PRUNE_REFUSED',
    `The sealed log entries are not what they were (${problems} problems), and removing old ones would hide it. Nothing ` +
      'was removed. See what is wrong: npm run hotspots -- audit verify --seals',
  );
}

/**
 * From when on entries are kept: whole months in UTC, this one not counted.
 *
 * @param months how many, at least 1
 */
export function retentionStart(now: Date, months: number): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
}
