import { QueryTypes, type Transaction } from 'sequelize';
import { SourceRecord } from '../../src/models/source-record.ts';

/** What a source record is looked up by. */
export interface Seen {
  pageKey: string;
  contentHash: string;
}

/** The record that an unchanged item belongs to; null when it was deleted here. */
export interface Touched {
  recordId: string | null;
}

/**
 * Notes that items were seen again, and tells which of them are as they were. One statement for a whole
 * batch: most items of most crawls end here.
 *
 * @returns by page key.
 */
export async function touchUnchanged(
  seen: readonly Seen[],
  runId: string,
  transaction: Transaction,
): Promise<Map<string, Touched>> {
  if (seen.length === 0) return new Map();
  const rows = await sequelize().query<{ position: string; recordId: string | null }>(
    `UPDATE source_records AS known
     SET last_seen_at = now(), last_seen_run_id = $3
     FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY AS seen (page_key, content_hash, position)
     WHERE known.page_key = seen.page_key AND known.content_hash = seen.content_hash
     RETURNING seen.position, coalesce(known.place_id, known.event_id) AS "recordId"`,
    {
      bind: [seen.map((item) => item.pageKey), seen.map((item) => item.contentHash), runId],
      type: QueryTypes.SELECT,
      transaction,
    },
  );
  const touched = new Map<string, Touched>();
  for (const { position, recordId } of rows) {
    const item = seen[Number(position) - 1];
    if (item !== undefined) touched.set(item.pageKey, { recordId });
  }
  return touched;
}

function sequelize() {
  const { sequelize: bound } = SourceRecord;
  if (bound === undefined)
    throw new TypeError('Models are not bound to a database; call defineModels first.');
  return bound;
}
