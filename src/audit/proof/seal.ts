import { hash } from 'node:crypto';
import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { lockInSession } from '../../database/advisory-lock.ts';
import { onlyRow } from '../../database/only-row.ts';
import { openSession } from '../../database/session.ts';
import { columnTypes } from '../recorded-table.ts';
import { lastSealable, type OpenWriter } from './last-sealable.ts';
import {
  beforeAllIds,
  chunkReader,
  type EntryChunk,
  hashLength,
  merkleRoot,
  type ReadChunk,
} from './merkle.ts';
import { textSettings } from './session.ts';

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

export interface SealLogOptions {
  /** Leave the first entry from then on, and all after it, for another time. */
  olderThan?: Date;
  /** How long to wait for transactions that are writing to the log, in milliseconds; default a minute. */
  patience?: number;
}

export interface SealedLog {
  /** The seals made by this call. */
  readonly seals: readonly Seal[];
  /** The newest seal there is. */
  readonly last: Seal | null;
  /** Transactions that wrote to the log longer than the patience: then nothing could be sealed. */
  readonly openWriters: readonly OpenWriter[];
}

/** A seal holds at most so many chunks, which bounds what is held in memory and where a problem may be. */
const maxChunks = 1024;

/**
 * Seals all entries since the last seal, as far as no transaction can still insert among them. Writers are not
 * held up. Concurrent sealers wait for each other.
 */
export async function sealLog(sequelize: Sequelize, options: SealLogOptions = {}): Promise<SealedLog> {
  const columns = [...(await columnTypes(sequelize, 'log_entries'))].map(([name, type]) => ({ name, type }));
  const session = await openSession(sequelize);
  try {
    await lockInSession(session, 'audit seals');
    const { id: boundary, openWriters } = await lastSealable(session, options.patience ?? 60_000);
    const seals: Seal[] = [];
    if (boundary !== null) {
      const readChunk = chunkReader(session, columns);
      for (;;) {
        const seal = await inSealTransaction(session, () =>
          sealNext(session, columns, readChunk, boundary, options.olderThan),
        );
        if (seal === null) break;
        seals.push(seal);
      }
    }
    return { seals, last: await readSeal(session, 'last'), openWriters };
  } finally {
    // Ending the session gives the lock back, even if a query on it failed.
    await session.end();
  }
}

/** The range must be read as it stood at one moment, and that after it was found to be closed. */
async function inSealTransaction<Result>(session: pg.Client, fn: () => Promise<Result>): Promise<Result> {
  await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await session.query(textSettings);
  const result = await fn();
  await session.query('COMMIT');
  return result;
}

async function sealNext(
  session: pg.Client,
  columns: readonly { name: string }[],
  readChunk: ReadChunk,
  boundary: string,
  olderThan: Date | undefined,
): Promise<Seal | null> {
  const previous = await readSeal(session, 'last');
  const after = previous?.lastId ?? beforeAllIds;
  const last = await lastOlderThan(session, after, boundary, olderThan);
  const chunks: EntryChunk[] = [];
  let exhausted = false;
  while (!exhausted && chunks.length < maxChunks) {
    const chunk = await readChunk(chunks.at(-1)?.lastId ?? after, last, chunkSize);
    if (chunk !== null) chunks.push(chunk);
    exhausted = chunk === null || chunk.count < chunkSize;
  }
  const lastChunk = chunks.at(-1);
  if (lastChunk === undefined) return null;
  const chunkRoots = Buffer.concat(chunks.map(({ root }) => root));
  return insertSeal(session, {
    sealedAt: await now(session),
    firstId: previous === null ? '1' : String(BigInt(previous.lastId) + 1n),
    lastId: exhausted ? last : lastChunk.lastId,
    entryCount: String(chunks.reduce((sum, { count }) => sum + count, 0)),
    columns: columns.map(({ name }) => name),
    chunkLastIds: chunks.map(({ lastId }) => lastId),
    chunkRoots,
    root: merkleRoot(chunkRoots),
    previousHash: previous?.hash ?? noHash,
  });
}

/** The ids up to here are those that come before the first entry that is too young. */
async function lastOlderThan(
  session: pg.Client,
  after: string,
  boundary: string,
  olderThan: Date | undefined,
): Promise<string> {
  if (olderThan === undefined) return boundary;
  const { rows } = await session.query<{ id: string | null }>(
    'SELECT min(id) - 1 AS id FROM log_entries WHERE id > $1 AND id <= $2 AND timestamp >= $3',
    [after, boundary, olderThan],
  );
  return onlyRow(rows).id ?? boundary;
}

/** The server's clock, which also gave the entries their times. */
async function now(session: pg.Client): Promise<string> {
  const { rows } = await session.query<{ now: string }>(
    `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`,
  );
  return onlyRow(rows).now;
}

async function insertSeal(session: pg.Client, content: SealContent): Promise<Seal> {
  const hash = sealHash(content);
  const { rows } = await session.query<{ id: string }>(
    `INSERT INTO log_seals (sealed_at, first_id, last_id, entry_count, root, previous_hash, hash, columns,
                            chunk_last_ids, chunk_roots)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
    [
      content.sealedAt,
      content.firstId,
      content.lastId,
      content.entryCount,
      content.root,
      content.previousHash,
      hash,
      content.columns,
      content.chunkLastIds,
      content.chunkRoots,
    ],
  );
  return { ...content, id: onlyRow(rows).id, hash };
}
