import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { NewRequest } from './crawl-request.ts';

/** What `crawl_requests` can hold: characters of an address, and octets of a unique key. */
const longest = { url: 2048, uniqueKey: 2200 };

export interface AddedRequests {
  /** How many were new to the run and added. */
  added: number;
  /** Whether the limit kept some out that were new. */
  limited: boolean;
}

/**
 * Adds requests to a run, in the order given, each unique key once. The caller holds the lock on the run's
 * row, so that nobody else adds to it until the transaction ends.
 *
 * @param limit how many may be added
 */
export async function addRequests(
  sequelize: Sequelize,
  transaction: Transaction,
  runId: string,
  requests: Iterable<NewRequest>,
  limit: number,
): Promise<AddedRequests> {
  const candidates = new Map<string, NewRequest>();
  for (const request of requests) {
    const fits =
      request.url.length <= longest.url && Buffer.byteLength(request.uniqueKey) <= longest.uniqueKey;
    if (fits && !candidates.has(request.uniqueKey)) candidates.set(request.uniqueKey, request);
  }
  if (candidates.size === 0) return { added: 0, limited: false };

  const list = [...candidates.values()];
  const rows = await sequelize.query<{ fresh: number; added: number }>(
    `WITH fresh AS (
       SELECT candidate.*
       FROM unnest($2::text[], $3::text[], $4::text[], $5::smallint[], $6::text[])
         WITH ORDINALITY AS candidate (url, unique_key, kind, depth, archive_record, position)
       WHERE NOT EXISTS (
         SELECT FROM crawl_requests known WHERE known.run_id = $1 AND known.unique_key = candidate.unique_key
       )
     ), added AS (
       INSERT INTO crawl_requests (run_id, url, unique_key, kind, depth, archive_record)
       SELECT $1, url, unique_key, kind, depth, archive_record FROM fresh ORDER BY position LIMIT $7
       ON CONFLICT DO NOTHING
       RETURNING 1
     )
     SELECT (SELECT count(*) FROM fresh)::int AS fresh, (SELECT count(*) FROM added)::int AS added`,
    {
      bind: [
        runId,
        list.map(({ url }) => url),
        list.map(({ uniqueKey }) => uniqueKey),
        list.map(({ kind }) => kind),
        list.map(({ depth }) => depth),
        list.map(({ archiveRecord }) => archiveRecord),
        Math.max(limit, 0),
      ],
      transaction,
      type: QueryTypes.SELECT,
    },
  );
  const { fresh = 0, added = 0 } = rows[0] ?? {};
  return { added, limited: fresh > added };
}
