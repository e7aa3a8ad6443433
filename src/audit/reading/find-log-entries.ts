import { QueryTypes, type Sequelize } from 'sequelize';
import type { FieldChanges } from '../changes.ts';
import { type LogAction, logActions } from '../log-action.ts';

/** Which entries are wanted. All conditions must hold; what is left out does not matter. */
export interface LogEntryFilter {
  /** Actor's e-mail. */
  actor?: string | undefined;
  model?: string | undefined;
  objectId?: string | undefined;
  /** An attribute that the entry changed. */
  field?: string | undefined;
  action?: LogAction | undefined;
  run?: string | undefined;
  /** Inclusive. */
  since?: Date | undefined;
  /** Exclusive. */
  until?: Date | undefined;
}

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
  changes: FieldChanges;
}

export interface LogEntryPage {
  entries: LogEntryRow[];
  /** Give this as `before` for the next page; null when there is none. */
  next: string | null;
}

/**
 * Log entries, newest first, one page at a time. Pages are cut by id, so that a page deep down costs as
 * little as the first and entries written meanwhile shift nothing.
 */
export async function findLogEntries(
  sequelize: Sequelize,
  filter: LogEntryFilter,
  page: { limit: number; before?: string | undefined },
): Promise<LogEntryPage> {
  const bind: unknown[] = [];
  const value = (given: unknown) => `$${bind.push(given)}`;
  const conditions = [
    filter.actor !== undefined && `actor_email = ${value(filter.actor.toLowerCase())}`,
    filter.model !== undefined && `model = ${value(filter.model)}`,
    filter.objectId !== undefined && `object_id = ${value(filter.objectId)}`,
    filter.field !== undefined && `changes ? ${value(filter.field)}`,
    filter.action !== undefined && `action = ${value(logActions.indexOf(filter.action))}`,
    filter.run !== undefined && `run_id = ${value(filter.run)}`,
    filter.since !== undefined && `timestamp >= ${value(filter.since)}`,
    filter.until !== undefined && `timestamp < ${value(filter.until)}`,
    page.before !== undefined && `id < ${value(page.before)}`,
  ].filter((condition) => condition !== false);
  const rows = await sequelize.query<Omit<LogEntryRow, 'action'> & { action: number }>(
    `SELECT id, timestamp, action, actor_id AS "actorId", actor_email AS "actorEmail", run_id AS "runId", model,
            object_id AS "objectId", object_label AS "objectLabel", source_url AS "sourceUrl",
            correlation_id AS "correlationId", changes
     FROM log_entries
     ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
     ORDER BY id DESC
     LIMIT ${value(page.limit + 1)}`,
    { bind, type: QueryTypes.SELECT },
  );
  const shown = rows.slice(0, page.limit);
  return {
    entries: shown.map((row) => ({ ...row, action: logActions[row.action] ?? 'access' })),
    next: rows.length > shown.length ? (shown.at(-1)?.id ?? null) : null,
  };
}
