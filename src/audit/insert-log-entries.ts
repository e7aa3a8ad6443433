import type { Sequelize, Transaction } from 'sequelize';
import type { FieldChanges } from './changes.ts';
import type { EntryContext } from './entry-context.ts';
import type { JsonValue } from './json-value.ts';
import { ownStatement } from './own-statement.ts';
import { storableAddress } from './storable-address.ts';
import { storableJson } from './storable-json.ts';

/** One log entry before it is written. */
export interface NewLogEntry {
  /** Index into `logActions`. */
  action: number;
  model: string;
  objectId: string;
  objectLabel: string;
  changes: FieldChanges;
  snapshot: Record<string, JsonValue> | null;
  context: EntryContext;
}

/** Writes entries with one multi-row insert, in the transaction of what they record. */
export async function insertLogEntries(
  sequelize: Sequelize,
  entries: readonly NewLogEntry[],
  transaction: Transaction,
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ context, ...entry }) => ({
    ...entry,
    actorId: context.actor.id,
    actorEmail: context.actor.email,
    runId: context.runId,
    correlationId: context.correlationId,
    remoteAddress: storableAddress(context.remoteAddress),
    sourceUrl: context.sourceUrl,
    extra: context.extra,
  }));
  await sequelize.query(
    `INSERT INTO log_entries
       (action, actor_id, run_id, model, object_id, object_label, actor_email, changes, correlation_id,
        remote_address, source_url, extra, snapshot)
     SELECT action, "actorId", "runId", model, "objectId", "objectLabel", "actorEmail", changes, "correlationId",
        "remoteAddress", "sourceUrl", extra, snapshot
     FROM json_to_recordset($1::json) AS entry (
       action smallint, "actorId" bigint, "runId" bigint, model text, "objectId" text, "objectLabel" text,
       "actorEmail" text, changes jsonb, "correlationId" text, "remoteAddress" inet, "sourceUrl" text,
       extra jsonb, snapshot jsonb)`,
    { bind: [storableJson(JSON.stringify(rows))], transaction, raw: true, ...ownStatement },
  );
}
