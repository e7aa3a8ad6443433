import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { CrawlResult } from './crawl-options.ts';

/** One reason why items of a run were refused. */
export type RejectedRow = CrawlResult['rejections'][number];

/** The most reasons that are listed. */
const maxReasons = 50;

/** Why items of a run were refused, the most frequent reason first. */
export async function readRejections(
  sequelize: Sequelize,
  runId: string,
  transaction: Transaction | null = null,
): Promise<RejectedRow[]> {
  return sequelize.query<RejectedRow>(
    `SELECT coalesce(reason ->> 'code', '') AS code, coalesce(reason ->> 'field', '') AS field,
       min(coalesce(reason ->> 'message', '')) AS message, count(*)::int AS count, min(url) AS "sampleUrl"
     FROM rejected_items, jsonb_array_elements(reasons) AS reason
     WHERE run_id = $1
     GROUP BY 1, 2
     ORDER BY count(*) DESC, 1, 2
     LIMIT ${maxReasons}`,
    { bind: [runId], type: QueryTypes.SELECT, transaction },
  );
}

/** Adds up the reasons of several batches. */
export function mergeRejections(lists: Iterable<readonly RejectedRow[]>): RejectedRow[] {
  const merged = new Map<string, RejectedRow>();
  for (const list of lists) {
    for (const row of list) {
      const key = JSON.stringify([row.code, row.field]);
      const known = merged.get(key);
      if (known === undefined) merged.set(key, { ...row });
      else known.count += row.count;
    }
  }
  return [...merged.values()].sort((a, b) => b.count - a.count).slice(0, maxReasons);
}
