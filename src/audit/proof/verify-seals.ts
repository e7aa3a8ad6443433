import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { columnTypes } from '../column-types.ts';
import { beforeAllIds, chunkReader } from './entry-chunks.ts';
import { hashLength, merkleRoot } from './merkle-root.ts';
import { readSession } from './read-session.ts';
import { chunkSize, noHash, readSeal, type Seal, sealHash } from './seal.ts';

/** What can be wrong with what was sealed. */
export const sealProblemKinds = {
  'entries-differ': 'Entries were altered, removed or inserted after they were sealed.',
  'entries-removed': 'All entries of the range are gone: by retention, or by somebody.',
  'seal-altered': 'What the seal says is not what its hash was made from.',
  'seal-removed': 'The seal does not follow the one before it: seals were removed, or another was altered.',
  'column-missing': 'The seal covers a column that the table does not have any more.',
  'expected-missing':
    'The hash that was kept elsewhere is not among the seals: the newest were removed or replaced.',
} as const;

export type SealProblemKind = keyof typeof sealProblemKinds;

export interface SealProblem {
  readonly kind: SealProblemKind;
  readonly sealId: string | null;
  /** The ids that are concerned, both inclusive: the seal's, or those of a part of at most 1,024 entries. */
  readonly firstId: string | null;
  readonly lastId: string | null;
  /** How many entries were sealed there, and how many there are. */
  readonly sealed: number | null;
  readonly found: number | null;
}

export interface VerifySealsOptions {
  /** A seal's hash in hexadecimal that was kept elsewhere: it must still be there. */
  expectedHash?: string | undefined;
  onProblem?: (problem: SealProblem) => void;
}

export interface VerifiedSeals {
  readonly seals: number;
  /** Entries that are sealed, by the seals. */
  readonly entries: number;
  readonly problems: number;
  readonly lastSealedId: string | null;
  /** Hexadecimal. Keep it where whoever can write the database cannot. */
  readonly lastHash: string | null;
  /** Entries that came after the last seal. */
  readonly unsealed: number;
}

/** Recomputes every seal from the entries as they stand, and the chain of the seals. In bounded memory. */
export async function verifySeals(
  sequelize: Sequelize,
  { expectedHash, onProblem }: VerifySealsOptions = {},
): Promise<VerifiedSeals> {
  const types = await columnTypes(sequelize, 'log_entries');
  return readSession(sequelize, async (session) => {
    let problems = 0;
    const report = (problem: SealProblem) => {
      problems += 1;
      onProblem?.(problem);
    };
    const expected = expectedHash?.toLowerCase();
    let isExpectedFound = expected === undefined;
    let previous: Seal | null = null;
    let seals = 0;
    let entries = 0;
    for (;;) {
      const seal: Seal | null = await readSeal(session, { after: previous?.id ?? '0' });
      if (seal === null) break;
      checkChain(seal, previous, report);
      await checkEntries(session, seal, previous, types, report);
      isExpectedFound ||= seal.hash.toString('hex') === expected;
      seals += 1;
      entries += Number(seal.entryCount);
      previous = seal;
    }
    if (!isExpectedFound) {
      report({
        kind: 'expected-missing',
        sealId: null,
        firstId: null,
        lastId: null,
        sealed: null,
        found: null,
      });
    }
    return {
      seals,
      entries,
      problems,
      lastSealedId: previous?.lastId ?? null,
      lastHash: previous?.hash.toString('hex') ?? null,
      unsealed: await countEntries(session, previous?.lastId ?? beforeAllIds, null),
    };
  });
}

type Report = (problem: SealProblem) => void;

function checkChain(seal: Seal, previous: Seal | null, report: Report): void {
  const { id: sealId, firstId, lastId } = seal;
  const problem = { sealId, firstId, lastId, sealed: Number(seal.entryCount), found: null };
  if (!sealHash(seal).equals(seal.hash) || !merkleRoot(seal.chunkRoots).equals(seal.root)) {
    report({ kind: 'seal-altered', ...problem });
  }
  const follows = previous === null ? noHash : previous.hash;
  const begins = previous === null ? '1' : String(BigInt(previous.lastId) + 1n);
  if (!seal.previousHash.equals(follows) || firstId !== begins) report({ kind: 'seal-removed', ...problem });
}

async function checkEntries(
  session: pg.Client,
  seal: Seal,
  previous: Seal | null,
  types: ReadonlyMap<string, string>,
  report: Report,
): Promise<void> {
  const { id: sealId, chunkLastIds, chunkRoots } = seal;
  const columns: { name: string; type: string }[] = [];
  for (const name of seal.columns) {
    const type = types.get(name);
    if (type !== undefined) columns.push({ name, type });
  }
  if (columns.length < seal.columns.length) {
    const { firstId, lastId } = seal;
    report({ kind: 'column-missing', sealId, firstId, lastId, sealed: Number(seal.entryCount), found: null });
    return;
  }
  const readChunk = chunkReader(session, columns);
  // Nothing may be hidden before the first seal. After a gap in the seals, only what this one covers counts.
  let after = previous === null && seal.firstId === '1' ? beforeAllIds : String(BigInt(seal.firstId) - 1n);
  let left = Number(seal.entryCount);
  for (const [index, chunkLastId] of chunkLastIds.entries()) {
    const isLast = index === chunkLastIds.length - 1;
    const last = isLast ? seal.lastId : chunkLastId;
    const sealed = isLast ? left : chunkSize;
    const root = chunkRoots.subarray(index * hashLength, (index + 1) * hashLength);
    const chunk = await readChunk(after, last, chunkSize + 1);
    if (chunk === null || chunk.count !== sealed || !chunk.root.equals(root)) {
      const found = chunk === null ? 0 : await countEntries(session, after, last);
      report({
        kind: found === 0 ? 'entries-removed' : 'entries-differ',
        sealId,
        firstId: after === beforeAllIds ? '1' : String(BigInt(after) + 1n),
        lastId: last,
        sealed,
        found,
      });
    }
    left -= sealed;
    after = last;
  }
}

async function countEntries(session: pg.Client, after: string, last: string | null): Promise<number> {
  const { rows } = await session.query<{ count: string }>(
    'SELECT count(*) AS count FROM log_entries WHERE id > $1 AND ($2::bigint IS NULL OR id <= $2)',
    [after, last],
  );
  return Number(rows[0]?.count ?? 0);
}
