import { QueryTypes } from 'sequelize';
import type { PipelineContext } from '../../src/crawl/pipeline.ts';
import { SourceRecord } from '../../src/records/index.ts';
import { survivingPlaces } from './load-existing.ts';

/** What a source record is looked up by. */
export interface Seen {
  pageKey: string;
  contentHash: string;
}

/** The record that an unchanged item belongs to, of a merged place the one that stays; null when it was deleted here. */
export interface Touched {
  recordId: string | null;
}

interface KnownRecord extends Seen, Touched {
  id: string;
  seenInThisRun: boolean;
  isDuplicate: boolean;
}

/**
 * Records that items were seen again and returns those that are unchanged. Most items of most crawls end here.
 *
 * @returns by page key.
 */
export async function skipUnchanged(
  seen: readonly Seen[],
  { transaction, runId, isByPerson = false }: PipelineContext,
): Promise<Map<string, Touched>> {
  // What a person says again may have been changed here since.
  if (seen.length === 0 || isByPerson) return new Map();
  // Looked up by a list and not by a join: on a table that has grown since it was last analysed, the planner
  // would read all of it once per item.
  const known = await sequelize().query<KnownRecord>(
    `SELECT id, replace(page_key::text, '-', '') AS "pageKey", replace(content_hash::text, '-', '') AS "contentHash",
            coalesce((SELECT id FROM places WHERE places.id = place_id), (SELECT id FROM events WHERE events.id = event_id))
              AS "recordId",
            EXISTS (SELECT FROM places WHERE places.id = place_id AND duplicate_of_id IS NOT NULL) AS "isDuplicate",
            last_seen_run_id IS NOT DISTINCT FROM $2 AS "seenInThisRun"
     FROM source_records WHERE page_key = ANY($1::uuid[])`,
    { bind: [seen.map((item) => item.pageKey), runId], type: QueryTypes.SELECT, transaction },
  );
  const hashes = new Map(seen.map((item) => [item.pageKey, item.contentHash]));
  const unchanged = known.filter((record) => hashes.get(record.pageKey) === record.contentHash);
  // Noted once per run: batches with the same venues would else wait for each other's row locks.
  const toNote = unchanged.filter((record) => !record.seenInThisRun);
  if (toNote.length > 0) {
    await sequelize().query(
      `UPDATE source_records SET last_seen_at = now(), last_seen_run_id = $2 WHERE id = ANY($1::bigint[])`,
      { bind: [toNote.map((record) => record.id), runId], type: QueryTypes.UPDATE, transaction },
    );
  }
  const duplicates = unchanged.flatMap(({ isDuplicate, recordId }) => (isDuplicate ? (recordId ?? []) : []));
  const survivors = await survivingPlaces(sequelize(), duplicates, transaction);
  return new Map(
    unchanged.map(({ pageKey, recordId, isDuplicate }) => [
      pageKey,
      { recordId: (isDuplicate && recordId !== null ? survivors.get(recordId) : null) ?? recordId },
    ]),
  );
}

function sequelize() {
  const { sequelize: bound } = SourceRecord;
  if (bound === undefined)
    throw new TypeError('Models are not bound to a database; call defineModels first.');
  return bound;
}
