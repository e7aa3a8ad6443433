import type { Sequelize, Transaction } from 'sequelize';
import type { ActorContext } from './actor-context.ts';
import type { EntryDetails } from './audit-options.ts';
import { type FieldChanges, fieldChanges } from './field-changes.ts';
import { type LogAction, logActions } from './log-action.ts';
import { objectId } from './object-id.ts';
import type { Registration, RowValues } from './registration.ts';

/** One row's way from one state to another. `before` is null on create, `after` is null on delete. */
export interface RowChange {
  before: RowValues | null;
  after: RowValues | null;
  details?: EntryDetails | undefined;
}

const maxLabelLength = 200;

/**
 * Writes the log entries of one statement with one multi-row insert, in the statement's own transaction.
 * A row that did not really change gets none.
 */
export async function writeLogEntries(
  sequelize: Sequelize,
  registration: Registration,
  rows: readonly RowChange[],
  context: ActorContext,
  transaction: Transaction,
): Promise<void> {
  const entries = rows.flatMap((row) => logEntry(registration, row, context));
  if (entries.length === 0) return;
  await sequelize.query(
    `INSERT INTO log_entries
       (action, actor_id, run_id, model, object_id, object_label, actor_email, changes,
        correlation_id, remote_address, source_url)
     SELECT action, actor_id, run_id, $2, object_id, object_label, actor_email, changes,
        correlation_id, remote_address, source_url
     FROM json_to_recordset($1::json) AS entry (
       action smallint, actor_id bigint, run_id bigint, object_id text, object_label text, actor_email text,
       changes jsonb, correlation_id text, remote_address inet, source_url text)`,
    { bind: [JSON.stringify(entries), registration.modelName], transaction, raw: true },
  );
}

interface InsertedEntry {
  action: number;
  actor_id: string | null;
  run_id: string | null;
  object_id: string;
  object_label: string;
  actor_email: string;
  changes: FieldChanges;
  correlation_id: string | null;
  remote_address: string | null;
  source_url: string | null;
}

function logEntry(registration: Registration, row: RowChange, context: ActorContext): InsertedEntry[] {
  const changes = fieldChanges(registration, row.before, row.after);
  const action = actionOf(row);
  if (action === 'update' && Object.keys(changes).length === 0) return [];
  const values = row.after ?? row.before ?? {};
  const actor = row.details?.actor ?? context.actor;
  return [
    {
      action: logActions.indexOf(action),
      actor_id: actor.id,
      run_id: context.runId,
      object_id: objectId(registration.primaryKeys, values),
      object_label: labelOf(registration, values),
      actor_email: actor.email,
      changes,
      correlation_id: context.correlationId,
      remote_address: context.remoteAddress,
      source_url: row.details?.sourceUrl === undefined ? context.sourceUrl : row.details.sourceUrl,
    },
  ];
}

function actionOf(row: RowChange): LogAction {
  if (row.before === null) return 'create';
  return row.after === null ? 'delete' : 'update';
}

/** A label that cannot be computed must not stop the entry: the write it records is more important. */
function labelOf(registration: Registration, values: RowValues): string {
  try {
    // Cut by code points: half a surrogate pair is not text that PostgreSQL accepts.
    return [...registration.label(values)].slice(0, maxLabelLength).join('');
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown error';
    return `${registration.modelName} ${objectId(registration.primaryKeys, values)} (no label: ${reason})`;
  }
}
