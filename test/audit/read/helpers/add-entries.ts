import { QueryTypes, type Sequelize } from 'sequelize';
import { type LogAction, logActions } from '../../../../src/audit/log-entry.ts';

export interface AddedEntry {
  action?: LogAction;
  model?: string;
  objectId?: string;
  actor?: string;
  run?: string | null;
  correlation?: string | null;
  timestamp?: string;
  changes?: unknown;
}

/** Inserts entries into the log directly, without the hooks, and returns their ids. */
export async function addEntries(sequelize: Sequelize, entries: readonly AddedEntry[]): Promise<string[]> {
  const rows = entries.map((entry) => ({
    action: logActions.indexOf(entry.action ?? 'update'),
    model: entry.model ?? 'Widget',
    object_id: entry.objectId ?? '1',
    actor_email: entry.actor ?? 'ana@example.org',
    run_id: entry.run ?? null,
    correlation_id: entry.correlation ?? null,
    timestamp: entry.timestamp ?? null,
    changes: entry.changes ?? { name: ['old', 'new'] },
  }));
  const added = await sequelize.query<{ id: string }>(
    `INSERT INTO log_entries (action, model, object_id, object_label, actor_email, run_id, correlation_id,
                              timestamp, changes)
     SELECT action, model, object_id, 'label', actor_email, run_id, correlation_id,
            coalesce(timestamp, clock_timestamp()), changes
     FROM json_to_recordset($1::json) AS entry (
       action smallint, model text, object_id text, actor_email text, run_id bigint, correlation_id text,
       timestamp timestamptz, changes jsonb)
     RETURNING id`,
    { bind: [JSON.stringify(rows)], type: QueryTypes.SELECT },
  );
  return added.map(({ id }) => id);
}
