import type { Sequelize } from 'sequelize';
import { lastSealable } from '../../audit/proof/index.ts';
import { openSession } from '../../database/open-session.ts';

interface ActionCount {
  action: number;
  /** Of entries that no other can come below any more. */
  settled: string;
  all: string;
}

/**
 * Counts log entries by action again and again. Only the first count reads the whole log: what stands below an id
 * that no open transaction can still write under is not counted twice.
 *
 * @returns counts by the number of the action; calls that come meanwhile get the same answer
 */
export function entryCounter(sequelize: Sequelize): () => Promise<ReadonlyMap<number, number>> {
  const settled = new Map<number, number>();
  let settledId = '0';
  let running: Promise<ReadonlyMap<number, number>> | undefined;

  const count = async () => {
    const session = await openSession(sequelize);
    try {
      const boundary = (await lastSealable(session, 0)).id ?? settledId;
      // One statement, and begun after the boundary is known: it sees all that was written up to there.
      const { rows } = await session.query<ActionCount>(
        `SELECT action, count(*) FILTER (WHERE id <= $2) AS settled, count(*) AS all
         FROM log_entries WHERE id > $1 GROUP BY action`,
        [settledId, boundary],
      );
      const counts = new Map(settled);
      for (const { action, settled: below, all } of rows) {
        counts.set(action, (settled.get(action) ?? 0) + Number(all));
        settled.set(action, (settled.get(action) ?? 0) + Number(below));
      }
      settledId = boundary;
      return counts;
    } finally {
      await session.end();
    }
  };

  return () => {
    running ??= count().finally(() => {
      running = undefined;
    });
    return running;
  };
}
