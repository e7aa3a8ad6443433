import type { Sequelize, Transaction } from 'sequelize';
import type { ProposedValue, ProposingRun } from './proposed-value.ts';

/**
 * Keeps what a source says of fields that people wrote. A value that was dismissed stays so; another one is open
 * again.
 */
export async function storeSuggestions(
  sequelize: Sequelize,
  { sourceName, runId }: ProposingRun,
  values: readonly ProposedValue[],
  transaction: Transaction,
): Promise<void> {
  if (values.length === 0) return;
  await sequelize.query(
    `INSERT INTO suggestions (model, object_id, object_label, field, source_name, source_url, run_id, value)
     SELECT DISTINCT ON (model, "objectId", field)
            model, "objectId", "objectLabel", field, $2, "sourceUrl", $3::bigint, coalesce(value, 'null')
     FROM jsonb_to_recordset($1::jsonb) AS suggested (
       model text, "objectId" text, "objectLabel" text, field text, "sourceUrl" text, value jsonb)
     ORDER BY model, "objectId", field
     ON CONFLICT (model, object_id, field, source_name) DO UPDATE SET
       last_seen_at = now(), run_id = excluded.run_id, source_url = excluded.source_url,
       object_label = excluded.object_label, value = excluded.value,
       state = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                    THEN 'dismissed' ELSE 'open' END,
       decided_at = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                         THEN suggestions.decided_at END,
       decided_by_id = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                            THEN suggestions.decided_by_id END,
       decided_by_email = CASE WHEN suggestions.value = excluded.value AND suggestions.state = 'dismissed'
                               THEN suggestions.decided_by_email END`,
    { bind: [JSON.stringify(values), sourceName, runId], transaction },
  );
}
