import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import type { LogProblem } from '../../../src/audit/proof/object-replay.ts';
import { type VerifyLogOptions, verifyLog } from '../../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { defineWidget, Widget } from '../../helpers/widget.ts';
import { tamper } from './tamper.ts';

const ana = { id: '41', email: 'ana@example.org' };
let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await defineWidget(database.sequelize);
  auditlog.register(Widget, { mask: ['secret'], label: 'code' });
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'widgets'));

const asAna = <T>(fn: () => Promise<T>) => withUserActor(ana, fn);
const damage = (...statements: string[]) => tamper(database.sequelize, ...statements);

async function verify(options: VerifyLogOptions = {}) {
  const found: LogProblem[] = [];
  const verified = await verifyLog(database.sequelize, auditlog.registrations(), {
    ...options,
    onProblem: (problem) => found.push(problem),
  });
  expect(verified.problems).toBe(found.length);
  return { ...verified, found };
}

/** Three widgets, each created (entries 1 to 3) and the second updated (4). */
async function writeWidgets() {
  await asAna(async () => {
    await Widget.bulkCreate([
      { code: 'a', name: 'Anvil', secret: 'x', tags: ['heavy'] },
      { code: 'b', name: 'Bolt', price: 1.5 },
      { code: 'c', name: 'Cog', meta: { teeth: 12 } },
    ]);
    const bolt = await Widget.findByPk(2, { rejectOnEmpty: true });
    await bolt.update({ name: 'Bolt M8', price: 1.75 });
  });
}

describe('a log that explains its table', () => {
  test('is found to do so after any sequence of recorded writes', async () => {
    const code = fc.constantFrom('a', 'b', 'c', 'd/%', '\ud83d\ude00', '\ufffd');
    const values = fc.record(
      {
        name: fc.option(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''))),
        secret: fc.option(fc.constantFrom('one', 'two')),
        price: fc.option(fc.integer({ min: -99999, max: 99999 }).map((cents) => cents / 100)),
        size: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
        weight: fc.option(fc.double()),
        count: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        soldAt: fc.option(
          fc.date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        ),
        soldOn: fc.option(fc.constantFrom('2026-02-28', '2027-12-31')),
        soldTime: fc.option(fc.constantFrom('09:05:00', '23:59:59.5')),
        meta: fc.option(
          fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom(1, 1.5, 'x', [1, null], { c: null })),
        ),
        tags: fc.option(fc.array(fc.constantFrom('', 'a, "b"', 'NULL', 'c'))),
        photo: fc.option(fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes))),
      },
      { requiredKeys: [] },
    );
    const write = fc.oneof(
      fc.record({ kind: fc.constant('save' as const), code, values }),
      fc.record({ kind: fc.constant('destroy' as const), code }),
      fc.record({
        kind: fc.constant('bulk' as const),
        codes: fc.uniqueArray(code, { minLength: 1 }),
        values,
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 12 }), async (writes) => {
        await emptyTables(database.sequelize, 'widgets');
        for (const each of writes) {
          await asAna(async () => {
            if (each.kind === 'bulk') {
              const rows = each.codes.map((one) => ({ ...each.values, name: null, code: one }));
              await Widget.bulkCreate(rows, {
                updateOnDuplicate: ['count', 'meta', 'tags', 'soldAt', 'weight'],
              });
              return;
            }
            const widget = await Widget.findOne({ where: { code: each.code } });
            if (each.kind === 'destroy') await widget?.destroy();
            else await (widget ?? Widget.build({ code: each.code })).set(each.values).save();
          });
        }
        const { found, models } = await verify();
        expect(found).toEqual([]);
        expect(models).toMatchObject([{ model: 'Widget', rows: await Widget.count() }]);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  test('is read batch by batch, and so is its table', async () => {
    const size = 2_500;
    await asAna(() => Widget.bulkCreate(Array.from({ length: size }, (_, n) => ({ code: `w${n}` }))));
    const { found, models } = await verify();
    expect(models).toEqual([{ model: 'Widget', entries: size, rows: size, problems: 0 }]);
    expect(found).toEqual([]);
  });

  test('is compared with the table as both stand at one moment, while others write', async () => {
    let writing = true;
    const writer = (async () => {
      while (writing) {
        await asAna(async () => {
          const [widget] = await Widget.bulkCreate([{ count: 1 }]);
          await widget?.update({ count: 2 });
          if (Number(widget?.id) % 2 === 0) await widget?.destroy();
        });
      }
    })();
    for (let round = 0; round < 10; round += 1) expect((await verify()).found).toEqual([]);
    writing = false;
    await writer;
    expect(await Widget.count()).toBeGreaterThan(0);
  });
});

describe('damage that verifying finds', () => {
  beforeEach(writeWidgets);

  test('is a value that was changed in the table', async () => {
    await damage(`UPDATE widgets SET name = 'Bent', tags = '{heavy,old}' WHERE id = 1`);
    expect((await verify()).found).toEqual([
      problem('1', 'value-differs', 'name', 'Anvil', 'Bent', '1'),
      problem('1', 'value-differs', 'tags', ['heavy'], ['heavy', 'old'], '1'),
    ]);
  });

  test('names the entry that set the value', async () => {
    await damage('UPDATE widgets SET price = 9 WHERE id = 2');
    expect((await verify()).found).toEqual([problem('2', 'value-differs', 'price', '1.75', '9.00', '4')]);
  });

  test('is a masked value only where it was set or emptied, and is never shown', async () => {
    await damage(`UPDATE widgets SET secret = 'y' WHERE id = 1`);
    expect((await verify()).found).toEqual([]);
    await damage(
      'UPDATE widgets SET secret = NULL WHERE id = 1',
      `UPDATE widgets SET secret = 'z' WHERE id = 2`,
    );
    expect((await verify()).found).toEqual([
      problem('1', 'value-differs', 'secret', '********', null, '1'),
      problem('2', 'value-differs', 'secret', null, '********', '2'),
    ]);
  });

  test('is a row that is gone, a row that came from nowhere, and a row that came back', async () => {
    await asAna(async () => (await Widget.findByPk(3))?.destroy());
    await damage(
      'DELETE FROM widgets WHERE id = 1',
      `INSERT INTO widgets (id, name) VALUES (3, 'Cog'), (10, 'Dowel')`,
    );
    expect((await verify()).found).toEqual([
      problem('1', 'entry-without-row', null, null, null, '1'),
      problem('10', 'row-without-create', null, null, null, null),
      problem('3', 'row-after-delete', null, null, null, '5'),
    ]);
  });

  test('is a change between two entries, although the table agrees with the last one', async () => {
    await damage(`UPDATE widgets SET name = 'Bolt M9' WHERE id = 2`);
    await asAna(async () => (await Widget.findByPk(2))?.update({ name: 'Bolt M10' }));
    expect((await verify()).found).toEqual([problem('2', 'chain-broken', 'name', 'Bolt M8', 'Bolt M9', '5')]);
  });

  test('is a change before a deletion, also of a field that the deletion then finds empty', async () => {
    await damage(`UPDATE widgets SET name = 'Cogs', meta = NULL WHERE id = 3`);
    await asAna(async () => (await Widget.findByPk(3))?.destroy());
    expect((await verify()).found).toEqual([
      problem('3', 'chain-broken', 'name', 'Cog', 'Cogs', '5'),
      problem('3', 'chain-broken', 'meta', { teeth: 12 }, null, '5'),
    ]);
  });

  test('is an entry that was altered', async () => {
    await damage(`UPDATE log_entries SET changes = jsonb_set(changes, '{name,1}', '"Bolt M7"') WHERE id = 4`);
    expect((await verify()).found).toEqual([
      problem('2', 'value-differs', 'name', 'Bolt M7', 'Bolt M8', '4'),
    ]);
  });

  test('is an entry that was removed: a creation, an update, a deletion', async () => {
    await asAna(async () => (await Widget.findByPk(3))?.destroy());
    await damage('DELETE FROM log_entries WHERE id IN (2, 1, 5)');
    expect((await verify()).found).toEqual([
      problem('1', 'row-without-create', null, null, null, null),
      problem('2', 'row-without-create', null, null, null, '4'),
      problem('3', 'entry-without-row', null, null, null, '3'),
    ]);
  });

  test('is an entry that was inserted', async () => {
    await damage(
      `INSERT INTO log_entries (action, model, object_id, object_label, actor_email, changes)
       VALUES (1, 'Widget', '1', 'a', 'eve@example.org', '{"count": [6, 7]}'),
              (0, 'Widget', '2', 'b', 'eve@example.org', '{"code": [null, "b"], "name": [null, "Bolt M8"],
                                                          "price": [null, "1.75"], "count": [null, 7]}'),
              (2, 'Widget', '3', 'c', 'eve@example.org', '{"code": ["c", null], "name": ["Cog", null],
                                                          "meta": [{"teeth": 12}, null], "count": [7, null]}'),
              (1, 'Widget', '3', 'c', 'eve@example.org', '{"name": [null, "Cog"]}')`,
    );
    expect((await verify()).found).toEqual([
      problem('1', 'chain-broken', 'count', 7, 6, '5'),
      problem('2', 'chain-broken', null, null, null, '6'),
      problem('3', 'chain-broken', null, null, null, '8'),
    ]);
  });
});

describe('what is verified', () => {
  beforeEach(writeWidgets);

  test('can be limited to models and to records with an entry since a time', async () => {
    await damage(
      `UPDATE widgets SET count = 8`,
      `UPDATE log_entries SET timestamp = '2020-01-01' WHERE id <> 4`,
    );
    const { found, models } = await verify({ since: new Date('2021-01-01') });
    expect(found.map(({ objectId }) => objectId)).toEqual(['2']);
    expect(models).toEqual([{ model: 'Widget', entries: 2, rows: 1, problems: 1 }]);
    expect((await verify({ models: [] })).models).toEqual([]);
    expect((await verify({ models: ['Widget'] })).found).toHaveLength(3);
  });

  test('does not include entries of models that are not registered any more: they are counted', async () => {
    await damage(
      `INSERT INTO log_entries (action, model, object_id, object_label, actor_email, changes)
       VALUES (0, 'Gone', '1', 'g', 'eve@example.org', '{}'), (2, 'Gone', '1', 'g', 'eve@example.org', '{}'),
              (3, 'withoutAudit', 'x', 'seeding', 'eve@example.org', '{}')`,
    );
    expect(await verify()).toMatchObject({ found: [], unregistered: [{ model: 'Gone', entries: 2 }] });
  });

  test('does not include what is not a change of the row: access, relations, fields that are recorded no more', async () => {
    await damage(
      `INSERT INTO log_entries (action, model, object_id, object_label, actor_email, changes)
       VALUES (3, 'Widget', '99', 'a', 'eve@example.org', '{}'),
              (1, 'Widget', '1', 'a', 'eve@example.org',
               '{"parts": {"type": "m2m", "operation": "add", "objects": ["b"], "ids": ["2"]}, "colour": [null, "red"]}')`,
    );
    expect((await verify()).found).toEqual([]);
  });
});

function problem(
  objectId: string,
  kind: LogProblem['kind'],
  field: string | null,
  expected: LogProblem['expected'],
  actual: LogProblem['actual'],
  entryId: string | null,
): LogProblem {
  return { model: 'Widget', objectId, kind, field, expected, actual, entryId };
}
