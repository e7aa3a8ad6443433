import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { onlyRow } from '../../database/only-row.ts';
import { lastPruneSql, type Prune } from '../read/pruned.ts';
import { columnTypes } from '../recorded-table.ts';
import { beforeAllIds, chunkReader, hashLength, merkleRoot, type ReadChunk } from './merkle.ts';
import { chunkSize, noHash, readSeal, type Seal, sealHash } from './seal.ts';
import { readSession } from './session.ts';

/** The Merkle root over all entries up to an id, made like that of a seal, and their number; null for none. */
export async function keptRoot(
  readChunk: ReadChunk,
  lastId: string,
): Promise<{ count: number; root: Buffer | null }> {
  const roots: Buffer[] = [];
  let count = 0;
  let after = beforeAllIds;
  for (;;) {
    const chunk = await readChunk(after, lastId, chunkSize);
    if (chunk === null) break;
    roots.push(chunk.root);
    count += chunk.count;
    after = chunk.lastId;
  }
  return { count, root: roots.length === 0 ? null : merkleRoot(Buffer.concat(roots)) };
}

/** What can be wrong with what was sealed. */
export const sealProblemKinds = {
  'entries-differ': 'Entries were altered, removed or inserted after they were sealed.',
  'entries-removed': 'All entries of the range are gone, and retention has not removed them.',
  'kept-differ': 'Entries that retention has kept were altered, removed or inserted since.',
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
  /** What retention removed last; null when it never did. Of its range only what it kept can be checked. */
  readonly pruned: Pick<Prune, 'prunedAt' | 'prunedByEmail' | 'olderThan' | 'lastId' | 'keptCount'> | null;
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
    const prune = (await session.query<Prune>(lastPruneSql)).rows[0] ?? null;
    if (prune !== null) await checkKept(session, prune, types, report);
    let isExpectedFound = expected === undefined;
    let previous: Seal | null = null;
    let seals = 0;
    let entries = 0;
    for (;;) {
      const seal: Seal | null = await readSeal(session, { after: previous?.id ?? '0' });
      if (seal === null) break;
      checkChain(seal, previous, report);
      await checkEntries(session, seal, previous, types, BigInt(prune?.lastId ?? 0), report);
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
      pruned: prune && shown(prune),
    };
  });
}

function shown({ prunedAt, prunedByEmail, olderThan, lastId, keptCount }: Prune): VerifiedSeals['pruned'] {
  return { prunedAt, prunedByEmail, olderThan, lastId, keptCount };
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
  prunedTo: bigint,
  report: Report,
): Promise<void> {
  const { id: sealId, chunkLastIds, chunkRoots } = seal;
  const columns = typed(seal.columns, types);
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
    const isPruned = BigInt(chunkLastId) <= prunedTo;
    // What retention has kept there is checked by itself; nothing may have come after it.
    const chunk = isPruned ? null : await readChunk(after, last, chunkSize + 1);
    const isSame = chunk !== null && chunk.count === sealed && chunk.root.equals(root);
    const found = isSame ? sealed : await countEntries(session, isPruned ? String(prunedTo) : after, last);
    if (isPruned ? found > 0 : !isSame) {
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

/** The columns with their types; without those that the table does not have any more. */
function typed(names: readonly string[], types: ReadonlyMap<string, string>) {
  return names.flatMap((name) => {
    const type = types.get(name);
    return type === undefined ? [] : [{ name, type }];
  });
}

async function checkKept(
  session: pg.Client,
  prune: Prune,
  types: ReadonlyMap<string, string>,
  report: Report,
): Promise<void> {
  const columns = typed(prune.columns, types);
  const problem = { sealId: null, firstId: '1', lastId: prune.lastId, sealed: Number(prune.keptCount) };
  if (columns.length < prune.columns.length) {
    report({ kind: 'column-missing', ...problem, found: null });
    return;
  }
  const { count, root } = await keptRoot(chunkReader(session, columns), prune.lastId);
  const isSame = root === null ? prune.keptRoot === null : prune.keptRoot?.equals(root) === true;
  if (!isSame) report({ kind: 'kept-differ', ...problem, found: count });
}

async function countEntries(session: pg.Client, after: string, last: string | null): Promise<number> {
  const { rows } = await session.query<{ count: string }>(
    'SELECT count(*) AS count FROM log_entries WHERE id > $1 AND ($2::bigint IS NULL OR id <= $2)',
    [after, last],
  );
  return Number(onlyRow(rows).count);
}
