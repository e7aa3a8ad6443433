import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { onlyRow } from '../database/only-row.ts';
import { normaliseUrl } from '../normalise/web.ts';
import type { Archive } from './archive.ts';
import { CrawlStopped, FetchFailed } from './errors.ts';
import type { NewRequest } from './page.ts';
import type { Robots } from './robots.ts';
import type { AllowedHosts, Source } from './source.ts';

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
  const { fresh, added } = onlyRow(rows);
  return { added, limited: fresh > added };
}

/** The requests that a run over a source begins with: its start URLs, then the sitemaps of their hosts. */
export async function startRequests(
  source: Source,
  hosts: AllowedHosts,
  robots: Robots | null,
): Promise<NewRequest[]> {
  const pages = source.startUrls.map((url) => request(url, 'page'));
  // What a sitemap lists is one level deeper than the start pages.
  if (source.limits.depth === 0) return pages;
  const origins = new Set(source.startUrls.map((url) => new URL(url).origin));
  const sitemaps = await Promise.all([...origins].map((origin) => sitemapsOf(new URL(origin), robots)));
  return [
    ...pages,
    ...sitemaps
      .flat()
      .filter((url) => hosts.allows(new URL(url)))
      .map((url) => request(url, 'sitemap')),
  ];
}

/** One request for each response of an archive. */
export function archiveRequests(archive: Archive): NewRequest[] {
  const requests = archive.responses.map(({ recordId, url }) => ({
    ...request(url, 'page'),
    archiveRecord: recordId,
  }));
  const perAddress = Map.groupBy(requests, ({ uniqueKey }) => uniqueKey);
  return requests.map((one) =>
    perAddress.get(one.uniqueKey)?.length === 1 ? one : { ...one, uniqueKey: one.archiveRecord },
  );
}

/** The sitemap that is tried where robots.txt names none. */
export const usualSitemap = '/sitemap.xml';

async function sitemapsOf(origin: URL, robots: Robots | null): Promise<string[]> {
  const named = robots === null ? [] : await namedSitemaps(origin, robots);
  return named.length > 0 ? named : [new URL(usualSitemap, origin).href];
}

async function namedSitemaps(origin: URL, robots: Robots): Promise<string[]> {
  try {
    return (await robots.rulesFor(origin)).sitemaps;
  } catch (error) {
    // The start pages of this host will fail with the same error, and be recorded with it. A stopped run reads none.
    if (error instanceof FetchFailed || error instanceof CrawlStopped) return [];
    throw error;
  }
}

function request(url: string, kind: NewRequest['kind']): NewRequest {
  const address = new URL(url);
  address.hash = '';
  const uniqueKey = normaliseUrl(url) ?? address.href;
  return { url: address.href, uniqueKey, kind, depth: 0, archiveRecord: null };
}
