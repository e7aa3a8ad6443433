import { QueryTypes, type Sequelize } from 'sequelize';
import type { Verdict } from '../models/run.ts';
import { readingContext } from './reading-context.ts';

/** The verdict that counts for each of some log entries: its own, else that of its run. Entries without one are left out. */
export async function verdictsOfEntries(
  sequelize: Sequelize,
  entryIds: readonly string[],
): Promise<Map<string, Verdict>> {
  const verdict = readingContext().verdictSql?.({ id: 'entry.id', runId: 'entry.run_id' });
  const rows = await sequelize.query<{ id: string; verdict: Verdict }>(
    `SELECT * FROM (SELECT entry.id, ${verdict} AS verdict FROM log_entries entry WHERE entry.id = ANY($1::bigint[])) found
     WHERE verdict IS NOT NULL`,
    { bind: [[...entryIds]], type: QueryTypes.SELECT },
  );
  return new Map(rows.map((row) => [row.id, row.verdict]));
}
