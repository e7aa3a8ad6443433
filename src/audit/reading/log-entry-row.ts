import { QueryTypes, type Sequelize } from 'sequelize';
import type { FieldChanges } from '../changes.ts';
import { type LogAction, logActions } from '../log-action.ts';

/** A log entry as it is read. */
export interface LogEntryRow {
  id: string;
  timestamp: Date;
  action: LogAction;
  actorId: string | null;
  actorEmail: string;
  runId: string | null;
  model: string;
  objectId: string;
  objectLabel: string;
  sourceUrl: string | null;
  correlationId: string | null;
  remoteAddress: string | null;
  changes: FieldChanges;
  extra: Record<string, unknown> | null;
}

/** The entries with these ids, the newest first. */
export async function readLogEntries(sequelize: Sequelize, ids: readonly string[]): Promise<LogEntryRow[]> {
  if (ids.length === 0) return [];
  const rows = await sequelize.query<Omit<LogEntryRow, 'action'> & { action: number }>(
    `SELECT id, timestamp, action, actor_id AS "actorId", actor_email AS "actorEmail", run_id AS "runId", model,
            object_id AS "objectId", object_label AS "objectLabel", source_url AS "sourceUrl",
            correlation_id AS "correlationId", remote_address AS "remoteAddress", changes, extra
     FROM log_entries WHERE id = ANY($1::bigint[]) ORDER BY id DESC`,
    { bind: [[...ids]], type: QueryTypes.SELECT },
  );
  return rows.map((row) => ({ ...row, action: logActions[row.action] ?? 'access' }));
}
