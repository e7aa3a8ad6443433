import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { onlyRow } from '../../database/only-row.ts';

/** A transaction that may still commit an entry with an id that was drawn already. */
export interface OpenWriter {
  /** Server process; null for a prepared transaction. */
  readonly pid: number | null;
  readonly applicationName: string | null;
  /** When the transaction began. */
  readonly since: Date | null;
}

/** `id`: nothing will be inserted at or below it any more; null while `openWriters` might. */
export interface LastSealable {
  readonly id: string | null;
  readonly openWriters: readonly OpenWriter[];
}

const pollInterval = 50;

/**
 * The greatest id below which the log is complete. Ids are drawn before they are committed, so that an entry
 * may appear below others that were long visible: that must not happen to a sealed range.
 *
 * A transaction draws ids while it holds a lock on the table for writing, and keeps that lock until it ends. So
 * the sequence is read first; whoever drew an id up to its value holds the lock by then or has ended; and when
 * those holders have ended too, the range is closed. Transactions that begin meanwhile draw greater ids and are
 * not waited for.
 *
 * @param patience how long to wait for open writers, in milliseconds
 */
export async function lastSealable(session: pg.Client, patience: number): Promise<LastSealable> {
  const deadline = performance.now() + patience;
  const id = await lastDrawn(session);
  const first = new Set((await writers(session)).map(({ key }) => key));
  for (;;) {
    // A transaction that is prepared for two-phase commit loses its number on the way: all of those count.
    const open = (await writers(session)).filter(({ key, pid }) => pid === null || first.has(key));
    if (open.length === 0) return { id, openWriters: [] };
    if (performance.now() >= deadline) {
      return {
        id: null,
        openWriters: open.map(({ pid, applicationName, since }) => ({ pid, applicationName, since })),
      };
    }
    await delay(pollInterval);
  }
}

async function lastDrawn(session: pg.Client): Promise<string> {
  const { rows: sequences } = await session.query<{ name: string; cache: string }>(
    `SELECT seqrelid::regclass::text AS name, seqcache AS cache FROM pg_sequence
     WHERE seqrelid = pg_get_serial_sequence('log_entries', 'id')::regclass`,
  );
  const [sequence] = sequences;
  if (sequence?.cache !== '1') {
    throw new Error(
      `The ids of log_entries must come from a sequence with CACHE 1, not ${sequence?.cache ?? 'from none'}: ` +
        'sessions would keep ids back that they use after their range was sealed.',
    );
  }
  const { rows } = await session.query<{ id: string }>(
    `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS id FROM ${sequence.name}`,
  );
  return onlyRow(rows).id;
}

async function writers(session: pg.Client): Promise<(OpenWriter & { key: string })[]> {
  const { rows } = await session.query<OpenWriter & { key: string }>(
    `SELECT concat(held.pid, ' ', held.virtualtransaction) AS key, held.pid,
            activity.application_name AS "applicationName", activity.xact_start AS since
     FROM pg_locks AS held LEFT JOIN pg_stat_activity AS activity USING (pid)
     WHERE held.locktype = 'relation' AND held.mode = 'RowExclusiveLock' AND held.granted
       AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND held.relation IN (
         SELECT 'log_entries'::regclass UNION SELECT relid FROM pg_partition_tree('log_entries'))`,
  );
  return rows;
}
