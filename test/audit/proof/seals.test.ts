import { createHash } from 'node:crypto';
import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lastSealable } from '../../../src/audit/proof/last-sealable.ts';
import { chunkReader } from '../../../src/audit/proof/merkle.ts';
import { readSeal, sealHash, sealLog } from '../../../src/audit/proof/seal.ts';
import {
  type SealProblem,
  type VerifySealsOptions,
  verifySeals,
} from '../../../src/audit/proof/verify-seals.ts';
import { columnTypes } from '../../../src/audit/recorded-table.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { openSession } from '../../../src/database/session.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { tamper } from './tamper.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'log_seals'));

const damage = (...statements: string[]) => tamper(database.sequelize, ...statements);
const seal = (patience = 0) => sealLog(database.sequelize, { patience });

const insertSql = (count: number) => `
  INSERT INTO log_entries (action, model, object_id, object_label, actor_email, changes, remote_address, source_url)
  SELECT 0, 'Widget', n, 'Widget "' || n || E'" \\n\\x1f é', 'ana@example.org',
         jsonb_build_object('name', jsonb_build_array(null, 'w' || n), 'a', jsonb_build_array(null, 1.50)),
         '10.0.0.1', NULL
  FROM generate_series(1, ${count}) AS n`;

const write = (count: number) => database.sequelize.query(insertSql(count), { raw: true });

async function verify(options: VerifySealsOptions = {}) {
  const found: SealProblem[] = [];
  const verified = await verifySeals(database.sequelize, {
    ...options,
    onProblem: (problem) => found.push(problem),
  });
  expect(verified.problems).toBe(found.length);
  return { ...verified, found };
}

describe('sealing', () => {
  test('closes the log up to the last id that was drawn, in ranges that follow each other', async () => {
    expect(await seal()).toEqual({ seals: [], last: null, openWriters: [] });
    await write(3);
    const first = await seal();
    await write(1);
    await expect(write(2).then(() => database.sequelize.query('SELECT 1 / 0'))).rejects.toThrow();
    await expect(
      database.sequelize.transaction(async (transaction) => {
        await database.sequelize.query(insertSql(5), { transaction });
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    const second = await seal();
    expect([...first.seals, ...second.seals]).toMatchObject([
      { firstId: '1', lastId: '3', entryCount: '3' },
      { firstId: '4', lastId: '11', entryCount: '3' },
    ]);
    expect(second.seals[0]?.previousHash).toEqual(first.last?.hash);
    expect((await seal()).seals).toEqual([]);
    expect(await verify()).toMatchObject({
      seals: 2,
      entries: 6,
      found: [],
      lastSealedId: '11',
      unsealed: 0,
    });
  });

  test('gives the root that anyone computes from the entries as the documentation says', async () => {
    await write(1030);
    const { last } = await seal();
    const sha256 = (...parts: (Buffer | string)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
    const rows = await database.sequelize.query<Record<string, string | null>>(
      `SELECT id::text, to_char(timestamp AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS timestamp,
              actor_id::text, run_id::text, action::text, model, object_id, object_label, actor_email,
              changes::text, correlation_id, remote_address::text, source_url, extra::text, snapshot::text
       FROM log_entries ORDER BY log_entries.id`,
      { type: QueryTypes.SELECT },
    );
    expect(Object.keys(rows[0] ?? {})).toEqual(last?.columns);
    const tree = (leaves: Buffer[]): Buffer => {
      if (leaves.length <= 1) return leaves[0] ?? sha256('');
      let split = 1;
      while (split * 2 < leaves.length) split *= 2;
      return sha256(Buffer.of(1), tree(leaves.slice(0, split)), tree(leaves.slice(split)));
    };
    const leaves = rows.map((row) => sha256(Buffer.of(0), JSON.stringify(Object.values(row))));
    expect(last?.root.toString('hex')).toBe(tree(leaves).toString('hex'));
    expect(last?.hash.toString('hex')).toBe(
      sha256(
        JSON.stringify([
          'hotspots log seal 1',
          '0'.repeat(64),
          '1',
          '1030',
          '1030',
          last?.sealedAt,
          last?.columns,
          ['1024', '1030'],
          last?.root.toString('hex'),
        ]),
      ).toString('hex'),
    );
  });

  test('leaves what is too young, and all that comes after it, for another time', async () => {
    await write(4);
    await damage(`UPDATE log_entries SET timestamp = '2020-01-01' WHERE id IN (1, 2, 4)`);
    const olderThan = new Date('2021-01-01');
    expect((await sealLog(database.sequelize, { olderThan })).last).toMatchObject({
      firstId: '1',
      lastId: '2',
    });
    expect((await sealLog(database.sequelize, { olderThan })).seals).toEqual([]);
    expect((await seal()).last).toMatchObject({ firstId: '3', lastId: '4' });
  });

  test('covers columns that later migrations add, from then on', async () => {
    await using other = await createTestDatabase({ poolSize: 2 });
    await other.sequelize.query(insertSql(2));
    await sealLog(other.sequelize);
    await other.sequelize.query('ALTER TABLE log_entries ADD COLUMN weather text');
    await other.sequelize.query(insertSql(2));
    await sealLog(other.sequelize);
    const found: string[] = [];
    const verifyOther = () =>
      verifySeals(other.sequelize, { onProblem: ({ kind, sealId }) => found.push(`${kind} ${sealId}`) });
    expect(await verifyOther()).toMatchObject({ seals: 2, problems: 0 });
    await tamper(other.sequelize, `UPDATE log_entries SET weather = 'rain'`);
    await verifyOther();
    expect(found).toEqual(['entries-differ 2']);
    await other.sequelize.query('ALTER TABLE log_entries DROP COLUMN weather');
    await verifyOther();
    expect(found.at(-1)).toBe('column-missing 2');
  });
});

describe('entries that are committed out of the order of their ids', () => {
  test('are never inserted into a sealed range: the open transaction is waited for', async () => {
    await using early = await openTransaction();
    await database.sequelize.query(insertSql(1), { transaction: early.transaction });
    await write(1);
    const sealing = sealLog(database.sequelize, { patience: 15_000 });
    // Begun after the sequence was read: not waited for, and not sealed.
    await waitForSealer();
    await using late = await openTransaction();
    await database.sequelize.query(insertSql(1), { transaction: late.transaction });
    await early.transaction.commit();
    const { seals } = await sealing;
    expect(seals).toMatchObject([{ firstId: '1', lastId: '2', entryCount: '2' }]);
    await late.transaction.commit();
    expect((await seal()).seals).toMatchObject([{ firstId: '3', lastId: '3', entryCount: '1' }]);
    expect(await verify()).toMatchObject({ found: [], entries: 3 });
  });

  test('are not sealed when the open transaction takes too long: it is named, and sealing continues later', async () => {
    await using open = await openTransaction();
    await database.sequelize.query(insertSql(1), { transaction: open.transaction });
    await write(1);
    const waited = await seal(0);
    expect(waited.seals).toEqual([]);
    expect(waited.openWriters).toEqual([
      { pid: expect.any(Number), applicationName: 'hotspots', since: expect.any(Date) },
    ]);
    await open.transaction.rollback();
    expect((await seal(0)).seals).toMatchObject([{ firstId: '1', lastId: '2', entryCount: '1' }]);
  });

  test('may come from a transaction that has not ended when it is asked, in any order of many', async () => {
    const session = await openSession(database.sequelize);
    try {
      for (let round = 0; round < 20; round += 1) {
        const writers = [write(1 + (round % 3)), write(2), write(1)];
        const { id } = await lastSealable(session, 10_000);
        const count = async () => {
          const { rows } = await session.query(
            'SELECT count(*)::int AS count FROM log_entries WHERE id <= $1',
            [id],
          );
          return rows[0].count;
        };
        const atOnce = await count();
        await Promise.all(writers);
        expect(await count()).toBe(atOnce);
      }
    } finally {
      await session.end();
    }
  });

  /** Ends with its test at the latest: left open, it would hold up all that follow. */
  async function openTransaction() {
    const transaction = await database.sequelize.transaction();
    const end = async () => {
      if (!('finished' in transaction) || transaction.finished === undefined) await transaction.rollback();
    };
    return { transaction, [Symbol.asyncDispose]: end };
  }

  /** The sealer asks the locks again and again, after it read the sequence. */
  async function waitForSealer() {
    const asked = new Set<string>();
    await waitFor('the sealer to wait for writers', async () => {
      const rows = await database.sequelize.query<{ at: string }>(
        `SELECT query_start::text AS at FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%FROM pg_locks AS held%'`,
        { type: QueryTypes.SELECT },
      );
      for (const { at } of rows) asked.add(at);
      return asked.size >= 4;
    });
  }
});

describe('two sealers at once', () => {
  test('take turns, and make one chain', async () => {
    await write(2000);
    const results = await Promise.all([seal(1000), seal(1000), seal(1000)]);
    expect(results.flatMap(({ seals }) => seals)).toHaveLength(1);
    await write(1);
    await seal();
    expect(await verify()).toMatchObject({ seals: 2, entries: 2001, found: [] });
  });
});

describe('tampering that verifying finds', () => {
  beforeEach(async () => {
    await write(2048);
    await seal();
    await write(10);
    await seal();
    await write(5);
    await seal();
    await write(1);
  });

  test('is none while nothing was touched', async () => {
    const clean = await verify();
    expect(clean).toMatchObject({ seals: 3, entries: 2063, unsealed: 1, lastSealedId: '2063', found: [] });
    expect(clean.lastHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    `timestamp = timestamp + interval '1 microsecond'`,
    'actor_id = 1',
    'run_id = 1',
    'action = 1',
    `model = 'widget'`,
    `object_id = '0'`,
    `object_label = object_label || ' '`,
    `actor_email = 'eve@example.org'`,
    `changes = '{"a": [null, 1.5], "name": [null, "w1500"]}'`,
    `correlation_id = ''`,
    `remote_address = '10.0.0.1/31'`,
    `source_url = ''`,
    `extra = 'null'`,
    `snapshot = '{}'`,
  ])('is an altered entry: %s', async (change) => {
    await damage(`UPDATE log_entries SET ${change} WHERE id = 1500`);
    expect((await verify()).found).toEqual([entries('entries-differ', '1', '1025', '2048', 1024, 1024)]);
  });

  test('is a removed entry, and an inserted one, with the place narrowed down to a thousand entries', async () => {
    await damage('DELETE FROM log_entries WHERE id = 1024');
    expect((await verify()).found).toEqual([entries('entries-differ', '1', '1', '1024', 1024, 1023)]);
    await damage(
      `INSERT INTO log_entries (id, action, model, object_id, object_label, actor_email, changes)
       OVERRIDING SYSTEM VALUE VALUES (-7, 0, 'Widget', 'x', 'x', 'eve@example.org', '{}')`,
    );
    expect((await verify()).found).toEqual([entries('entries-differ', '1', '1', '1024', 1024, 1024)]);
  });

  test('is two entries that changed places', async () => {
    await damage(
      'UPDATE log_entries SET object_label = (SELECT object_label FROM log_entries WHERE id = 2061) WHERE id = 2060',
    );
    expect((await verify()).found).toEqual([entries('entries-differ', '3', '2059', '2063', 5, 5)]);
  });

  test('is an entry in a gap that a rolled-back transaction had left', async () => {
    const rolledBack = await database.sequelize.transaction();
    await database.sequelize.query(insertSql(3), { transaction: rolledBack });
    await rolledBack.rollback();
    await seal();
    await damage(
      `INSERT INTO log_entries (id, action, model, object_id, object_label, actor_email, changes)
       OVERRIDING SYSTEM VALUE VALUES (2066, 0, 'Widget', 'x', 'x', 'eve@example.org', '{}')`,
    );
    expect((await verify()).found).toEqual([entries('entries-differ', '4', '2064', '2067', 1, 2)]);
  });

  test('is a range that was emptied', async () => {
    await damage('DELETE FROM log_entries WHERE id BETWEEN 2049 AND 2058');
    expect((await verify()).found).toEqual([entries('entries-removed', '2', '2049', '2058', 10, 0)]);
  });

  test.each([
    ['last_id = last_id - 1', 'seal-altered'],
    ['entry_count = entry_count + 1', 'seal-altered'],
    [`sealed_at = sealed_at - interval '1 day'`, 'seal-altered'],
    [`root = sha256('x')`, 'seal-altered'],
    [`columns = '{id}'`, 'seal-altered'],
    [`chunk_last_ids = '{2057}'`, 'seal-altered'],
    [`chunk_roots = sha256('x')`, 'seal-altered'],
    [`hash = sha256('x')`, 'seal-altered'],
    [`previous_hash = sha256('x')`, 'seal-removed'],
  ])('is an altered seal: %s', async (change, kind) => {
    await damage(`UPDATE log_seals SET ${change} WHERE id = 2`);
    const { found } = await verify();
    expect(found).toContainEqual(expect.objectContaining({ kind, sealId: '2' }));
  });

  test('is a seal that was made anew over altered entries: the next one does not follow it', async () => {
    await damage('UPDATE log_entries SET actor_id = 7 WHERE id = 2050');
    const session = await openSession(database.sequelize);
    const types = await columnTypes(database.sequelize, 'log_entries');
    const readChunk = chunkReader(
      session,
      [...types].map(([name, type]) => ({ name, type })),
    );
    const second = await readSeal(session, { after: '1' });
    const chunk = await readChunk('2048', '2058', 1024).finally(() => session.end());
    if (second === null || chunk === null) throw new Error('There are three seals.');
    const forged = { ...second, chunkRoots: chunk.root, root: chunk.root };
    const bytes = (value: Buffer) => `'\\x${value.toString('hex')}'`;
    await damage(
      `UPDATE log_seals SET root = ${bytes(forged.root)}, chunk_roots = ${bytes(forged.chunkRoots)},
         hash = ${bytes(sealHash(forged))} WHERE id = 2`,
    );
    expect((await verify()).found).toMatchObject([{ kind: 'seal-removed', sealId: '3' }]);
  });

  test('is a seal that was shortened and given the hash that fits: it does not begin where the one before ends', async () => {
    const session = await openSession(database.sequelize);
    const last = await readSeal(session, 'last').finally(() => session.end());
    if (last === null) throw new Error('There are three seals.');
    const forged = sealHash({ ...last, firstId: '2060' }).toString('hex');
    await damage(`UPDATE log_seals SET first_id = 2060, hash = '\\x${forged}' WHERE id = 3`);
    const { found } = await verify();
    expect(found.map(({ kind }) => kind)).toEqual(['seal-removed', 'entries-differ']);
  });

  test('is a seal that was removed from the middle or the beginning', async () => {
    await damage('DELETE FROM log_seals WHERE id = 2');
    expect((await verify()).found).toMatchObject([{ kind: 'seal-removed', sealId: '3' }]);
    await damage('DELETE FROM log_seals WHERE id = 1');
    expect((await verify()).found).toMatchObject([{ kind: 'seal-removed', sealId: '3' }]);
  });

  test('is the removal of the newest seals, for whoever kept a hash', async () => {
    const { lastHash } = await verify();
    const expectedHash = lastHash ?? '';
    await write(1);
    await seal();
    expect((await verify({ expectedHash: expectedHash.toUpperCase() })).found).toEqual([]);
    await damage('DELETE FROM log_seals WHERE id >= 3');
    expect((await verify()).found).toEqual([]);
    expect((await verify({ expectedHash })).found).toMatchObject([
      { kind: 'expected-missing', sealId: null },
    ]);
  });
});

describe('seals', () => {
  test('cannot be changed or removed', async () => {
    await write(1);
    await seal();
    for (const statement of [
      'UPDATE log_seals SET last_id = 9',
      'DELETE FROM log_seals',
      'TRUNCATE log_seals',
    ]) {
      await expect(database.sequelize.query(statement)).rejects.toThrow('AUDIT_APPEND_ONLY');
    }
  });
});

function entries(
  kind: SealProblem['kind'],
  sealId: string,
  firstId: string,
  lastId: string,
  sealed: number,
  found: number,
): SealProblem {
  return { kind, sealId, firstId, lastId, sealed, found };
}
