import type pg from 'pg';
import { leafHashSql } from './leaf-hash-sql.ts';
import { merkleRoot } from './merkle-root.ts';

/** Some entries that follow each other, and the root of their Merkle tree. */
export interface EntryChunk {
  readonly count: number;
  readonly lastId: string;
  readonly root: Buffer;
}

/** Gives the first `limit` entries with ids after `after` and up to `last`; null when there are none. */
export type ReadChunk = (after: string, last: string, limit: number) => Promise<EntryChunk | null>;

/** Below every id that an entry can have. */
export const beforeAllIds = '-9223372036854775808';

/**
 * Makes a reader of chunks of entries. The leaves are hashed by the server: what travels is 32 bytes an entry.
 * @param columns names and types of the columns that the leaves cover
 */
export function chunkReader(
  session: pg.Client,
  columns: readonly { name: string; type: string }[],
): ReadChunk {
  const text = `
    SELECT count(*)::int AS count, max(id) AS "lastId", string_agg(leaf, ''::bytea ORDER BY id) AS leaves
    FROM (
      SELECT id, ${leafHashSql('entry', columns)} AS leaf FROM log_entries AS entry
      WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3
    ) AS chunk`;
  return async (after, last, limit) => {
    const { rows } = await session.query<{ count: number; lastId: string; leaves: Buffer | null }>(text, [
      after,
      last,
      limit,
    ]);
    const [chunk] = rows;
    if (chunk === undefined || chunk.leaves === null) return null;
    return { count: chunk.count, lastId: chunk.lastId, root: merkleRoot(chunk.leaves) };
  };
}
