import pg from 'pg';
import type { Transaction } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withUserActor } from '../../src/audit/actors.ts';
import { afterLogEntry } from '../../src/audit/record/entries.ts';
import type { Database } from '../../src/database/open-database.ts';
import { databaseErrorCode } from '../../src/database/retry-transaction.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { makeRows, writeBy, writeByPsql, writingKinds } from './replay/fault-paths.ts';
import type { OperationKind } from './replay/operation-kinds.ts';
import { readRecordedState } from './replay/recorded-state.ts';
import { HookRejected, withRejectingHooks } from './replay/rejecting-hooks.ts';
import { createStore, type Store } from './replay/store.ts';

const ana = { id: '1', email: 'ana@example.org' };

/** Ways in which the log cannot be written: the SQLSTATE that the caller must see, how to begin and how to end it. */
const faults = {
  'the log refuses the entry': {
    code: '23514',
    begin:
      "ALTER TABLE log_entries ADD CONSTRAINT broken CHECK (model NOT IN ('Crate', 'Parcel', 'Sticker')) NOT VALID",
    end: 'ALTER TABLE log_entries DROP CONSTRAINT broken',
  },
  'the log is locked for too long': {
    code: '55P03',
    begin: 'BEGIN; LOCK TABLE log_entries IN ACCESS EXCLUSIVE MODE',
    end: 'ROLLBACK',
  },
};

describe.each([{ hasTriggers: true }, { hasTriggers: false }])(
  'triggers: $hasTriggers',
  ({ hasTriggers }) => {
    let database: Database;
    let store: Store;
    let admin: pg.Client;
    let psql: pg.Client;

    beforeAll(async () => {
      // One connection: what the audit sends outside the transaction of a write would wait for it for ever.
      database = await createTestDatabase({ poolSize: 1 });
      store = await createStore(database, { hasTriggers });
      admin = await connect(database);
      psql = await connect(database);
      await psql.query("SET lock_timeout = '20ms'");
    });
    afterAll(async () => {
      await admin.end();
      await psql.end();
      await database.close();
    });
    beforeEach(async () => {
      await emptyTables(store.sequelize, 'crates', 'parcels', 'stickers');
      await makeRows(store);
      await admin.query("SELECT setval('unnumbered', 100)");
      await store.sequelize.query("SET lock_timeout = '20ms'");
    });

    /** Runs `work` while the log cannot be written, and checks that it left no trace. */
    async function whileBroken({ begin, end }: { begin: string; end: string }, work: () => Promise<void>) {
      const before = await readRecordedState(admin);
      await admin.query(begin);
      try {
        await work();
      } finally {
        await admin.query(end);
      }
      expect(await readRecordedState(admin)).toEqual(before);
    }

    describe.each(Object.entries(faults))('%s', (_, fault) => {
      test.each(writingKinds({ hasTriggers }))(
        '%s: the error reaches the caller, and nothing is written',
        (kind) =>
          whileBroken(fault, async () => {
            const write = kind.startsWith('psql:')
              ? writeByPsql(psql, store, kind)
              : asAna(() => writeBy(store, kind, null));
            expect(databaseErrorCode(await failure(write))).toBe(fault.code);
          }),
      );

      test.each(writingKinds({ hasTriggers }))(
        "%s: the caller's transaction is aborted, even if the caller continues",
        (kind) =>
          whileBroken(fault, async () => {
            if (kind.startsWith('psql:')) {
              await psql.query('BEGIN');
              expect(databaseErrorCode(await failure(writeByPsql(psql, store, kind)))).toBe(fault.code);
              expect(databaseErrorCode(await failure(psql.query('SELECT')))).toBe('25P02');
              await psql.query('COMMIT');
              return;
            }
            await store.sequelize.transaction(async (transaction) => {
              expect(databaseErrorCode(await failure(asAna(() => writeBy(store, kind, transaction))))).toBe(
                fault.code,
              );
              // These write in a savepoint of their own, which they have rolled back.
              const isRolledBack = kind === 'bulkUpsert' || kind === 'bulkUpsertByCode';
              await expectTransaction(transaction, isRolledBack ? 'usable' : 'aborted');
            });
          }),
      );
    });

    /** Ways in which an entry fails in the program, where the database sees nothing wrong. */
    const programFaults: Record<string, (write: () => Promise<void>) => Promise<void>> = {
      'a hook that was there before ours rejects': (write) => asAna(() => withRejectingHooks('early', write)),
      'a listener throws': async (write) => {
        const remove = afterLogEntry(() => {
          throw new HookRejected('no');
        });
        try {
          await asAna(write);
        } finally {
          remove();
        }
      },
      'the actor cannot be found out': (write) =>
        withUserActor(() => {
          throw new HookRejected('who is it?');
        }, write),
      'a value of the context cannot be made': (write) =>
        withUserActor(ana, write, {
          extra: {
            failing: () => {
              throw new HookRejected('no');
            },
          },
        }),
    };
    const hooked: OperationKind[] = [
      'create',
      'save',
      'destroyOne',
      'destroyParcel',
      'restoreParcel',
      'bulkCreate',
      'bulkUpsert',
      'bulkWithIndividualHooks',
      'findOrCreate',
    ];

    describe.each(Object.entries(programFaults))('%s', (name, withFault) => {
      const kinds = name.includes('hook') ? hooked : [...hooked, 'setTags' as const];

      test.each(kinds)('%s: nothing is written', async (kind) => {
        const before = await readRecordedState(admin);
        expect(await failure(withFault(() => writeBy(store, kind, null)))).toBeInstanceOf(HookRejected);
        expect(await readRecordedState(admin)).toEqual(before);
      });

      test.each(kinds)('%s: nothing is written, even if the caller continues and commits', async (kind) => {
        const before = await readRecordedState(admin);
        await store.sequelize.transaction(async (transaction) => {
          expect(await failure(withFault(() => writeBy(store, kind, transaction)))).toBeInstanceOf(
            HookRejected,
          );
        });
        expect(await readRecordedState(admin)).toEqual(before);
      });
    });

    test("a caller's savepoint keeps the failure in it", async () => {
      await store.sequelize.transaction(async (transaction) => {
        await asAna(() => store.Crate.create({ id: 10 }, { transaction }));
        const nested = store.sequelize.transaction({ transaction }, (savepoint) =>
          asAna(() =>
            withRejectingHooks('early', () => store.Crate.create({ id: 11 }, { transaction: savepoint })),
          ),
        );
        expect(await failure(nested)).toBeInstanceOf(HookRejected);
        await asAna(() => store.Crate.create({ id: 12 }, { transaction }));
      });
      const { rows, entries } = await readRecordedState(admin);
      expect(['Crate/10', 'Crate/11', 'Crate/12'].map((key) => rows.has(key))).toEqual([true, false, true]);
      expect(entries.slice(-2).map(({ objectId }) => objectId)).toEqual(['10', '12']);
    });

    test('a record that is made together with others is not made when one of those fails', async () => {
      const before = await readRecordedState(admin);
      await store.sequelize.transaction(async (transaction) => {
        const write = store.Crate.create.bind(
          store.Crate,
          { id: 10, parcels: [{ id: 10 }] },
          { transaction, include: ['parcels'] },
        );
        store.Parcel.addHook('beforeCreate', 'failing', () => {
          throw new HookRejected('no');
        });
        expect(await failure(asAna(() => write()))).toBeInstanceOf(HookRejected);
        store.Parcel.removeHook('beforeCreate', 'failing');
      });
      expect(await readRecordedState(admin)).toEqual(before);
    });

    test.each([{ individualHooks: true }, { ignoreDuplicates: true }, { hooks: false }])(
      'bulkCreate with %o is refused when each row is to have an author of its own',
      async (options) => {
        const audit = { rows: [{ actor: { id: '2', email: 'bo@example.org' } }] };
        const write = asAna(() => store.Crate.bulkCreate([{ id: 10 }], { ...options, audit }));
        expect(await failure(write)).toMatchObject({ code: 'AUDIT_WRITE_REFUSED' });
        expect((await readRecordedState(admin)).rows.has('Crate/10')).toBe(false);
      },
    );

    async function expectTransaction(transaction: Transaction, state: 'usable' | 'aborted'): Promise<void> {
      const query = store.sequelize.query('SELECT 1', { transaction });
      if (state === 'usable') await query;
      else expect(databaseErrorCode(await failure(query))).toBe('25P02');
    }
  },
);

const asAna = <Result>(fn: () => Promise<Result>) => withUserActor(ana, fn);

/** What a promise is rejected with; fails when it is not. */
async function failure(promise: Promise<unknown>): Promise<unknown> {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'fulfilled') throw new Error('It succeeded, and was to fail.');
  return result.reason;
}

async function connect({ url }: Database): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}
