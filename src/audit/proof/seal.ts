import { hash } from 'node:crypto';
import type pg from 'pg';
import { hashLength } from './merkle-root.ts';

/** What is known of a seal before it has its hash. */
export interface SealContent {
  /** As `2027-03-01T12:00:00.000000Z`. */
  readonly sealedAt: string;
  /** The range is closed: every id that was ever drawn in it is either an entry or a gap for ever. */
  readonly firstId: string;
  readonly lastId: string;
  readonly entryCount: string;
  /** The columns of `log_entries` that the leaves cover, in their order. */
  readonly columns: readonly string[];
  /** The last id of each chunk of 1,024 entries. */
  readonly chunkLastIds: readonly string[];
  /** The Merkle root of each chunk, one after another. */
  readonly chunkRoots: Buffer;
  /** The Merkle root over all entries. */
  readonly root: Buffer;
  /** The hash of the seal before; 32 zero bytes for the first. */
  readonly previousHash: Buffer;
}

export interface Seal extends SealContent {
  readonly id: string;
  readonly hash: Buffer;
}

/** Entries per chunk: a power of two, so that a chunk's root is a node of the seal's tree. */
export const chunkSize = 1024;

/** What the first seal follows. */
export const noHash = Buffer.alloc(hashLength);

/** SHA-256 over the UTF-8 of a JSON array of all that a seal says, hashes in hexadecimal. */
export function sealHash(content: SealContent): Buffer {
  const { sealedAt, firstId, lastId, entryCount, columns, chunkLastIds, root, previousHash } = content;
  return hash(
    'sha256',
    JSON.stringify([
      'hotspots log seal 1',
      previousHash.toString('hex'),
      firstId,
      lastId,
      entryCount,
      sealedAt,
      columns,
      chunkLastIds,
      root.toString('hex'),
    ]),
    'buffer',
  );
}

/** The seal that follows, or that comes last. Null when there is none. */
export async function readSeal(session: pg.Client, which: { after: string } | 'last'): Promise<Seal | null> {
  const [where, bind] =
    which === 'last' ? ['true ORDER BY id DESC', []] : ['id > $1 ORDER BY id', [which.after]];
  const { rows } = await session.query<Seal>(
    `SELECT id, to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "sealedAt",
            first_id AS "firstId", last_id AS "lastId", entry_count AS "entryCount", columns,
            chunk_last_ids::text[] AS "chunkLastIds", chunk_roots AS "chunkRoots", root,
            previous_hash AS "previousHash", hash
     FROM log_seals WHERE ${where} LIMIT 1`,
    bind,
  );
  return rows[0] ?? null;
}
