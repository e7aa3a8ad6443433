import { hash } from 'node:crypto';
import type pg from 'pg';
import { sqlName } from '../model-keys.ts';

/**
 * A SQL expression of the leaf hash of one entry: SHA-256(0x00 ‖ bytes), where the bytes are the UTF-8 of a JSON
 * array with each column's text, or null, in the order of `columns`, as `JSON.stringify` would write it.
 * Timestamps are ISO 8601 in UTC with six decimals. jsonb is as PostgreSQL writes it: keys by length, then by
 * byte, one space after colons and commas, numbers with the digits they came with.
 *
 * @param entry the alias of the table
 * @param columns names, each with its type as in `columnTypes`
 */
export function leafHashSql(entry: string, columns: readonly { name: string; type: string }[]): string {
  const texts = columns.map(({ name, type }) => {
    const value = `${entry}.${sqlName(name)}`;
    return type === 'timestamptz'
      ? `to_char(${value} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
      : `${value}::text`;
  });
  return `sha256('\\x00'::bytea || convert_to(array_to_json(ARRAY[${texts.join(', ')}])::text, 'UTF8'))`;
}

/** Bytes of a SHA-256 hash. */
export const hashLength = 32;

/**
 * The root of the Merkle tree over `hashes`, which are leaves or roots of equally large, full subtrees (the last
 * may be smaller). The tree is that of RFC 6962, section 2.1: a node is SHA-256(0x01 ‖ left ‖ right), and what
 * is left over on a level moves up as it is, which comes to the same as splitting at the largest power of two.
 *
 * @param hashes one after another, 32 bytes each, at least one. A leaf is SHA-256(0x00 ‖ its bytes).
 */
export function merkleRoot(hashes: Uint8Array): Buffer {
  let level = Buffer.from(hashes);
  const node = Buffer.alloc(1 + 2 * hashLength, 1);
  while (level.length > hashLength) {
    const above = Buffer.alloc(Math.ceil(level.length / (2 * hashLength)) * hashLength);
    for (let from = 0, to = 0; from < level.length; from += 2 * hashLength, to += hashLength) {
      if (from + hashLength === level.length) {
        level.copy(above, to, from);
      } else {
        level.copy(node, 1, from, from + 2 * hashLength);
        hash('sha256', node, 'buffer').copy(above, to);
      }
    }
    level = above;
  }
  return level;
}

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
