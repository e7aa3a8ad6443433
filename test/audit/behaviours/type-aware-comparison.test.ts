import { DataTypes, fn, literal, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

function defineTyped(sequelize: Sequelize) {
  const Typed = sequelize.define('Typed', {
    at: DataTypes.DATE,
    on: DataTypes.DATEONLY,
    time: DataTypes.TIME,
    meta: DataTypes.JSONB,
    text: DataTypes.JSON,
    flags: DataTypes.ARRAY(DataTypes.ENUM('red', 'green')),
    kind: DataTypes.ENUM('good', 'bad'),
    price: DataTypes.DECIMAL(10, 2),
    big: DataTypes.BIGINT,
    count: { type: DataTypes.INTEGER, defaultValue: () => 20 + 1 },
    weight: DataTypes.FLOAT,
    active: DataTypes.BOOLEAN,
  });
  auditlog.register(Typed);
  return { Typed };
}

const noon = '2026-03-01T12:00:00.000Z';
const writes = ['by saving the record', 'by a write to many rows'] as const;

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineTyped);

  describe.each(writes)('%s', (way) => {
    /** What is recorded when a record with the first values is given the second. */
    const change = async (before: Record<string, unknown>, after: Record<string, unknown>) => {
      const record = await asAna(() => at.models.Typed.create(before));
      if (way === 'by saving the record') {
        record.set(after);
        // Sequelize leaves out of a save what it holds for equal; here the comparison has to see it.
        for (const name of Object.keys(after)) Reflect.apply(record.changed, record, [name, true]);
        await asAna(() => record.save());
      } else await asAna(() => at.models.Typed.update(after, { where: { id: record.get('id') } }));
      const [, ...updates] = await changesOf();
      return updates.map(([, fields]) => fields);
    };

    test('the same instant is no change', async () => {
      expect(await change({ at: noon }, { at: new Date(noon) })).toEqual([]);
    });

    test('the same instant in another zone is no change', async () => {
      expect(await change({ at: noon }, { at: '2026-03-01T21:00:00+09:00' })).toEqual([]);
    });

    test('another date is a change', async () => {
      expect(await change({ on: '2026-03-01' }, { on: '2026-03-02' })).toEqual([
        { on: ['2026-03-01', '2026-03-02'] },
      ]);
    });

    test('another time of day is a change', async () => {
      expect(await change({ time: '09:30' }, { time: '09:31:00' })).toEqual([
        { time: ['09:30:00', '09:31:00'] },
      ]);
    });

    test('another instant in another zone is a change, recorded in UTC', async () => {
      expect(await change({ at: noon }, { at: '2026-03-01T12:00:00+09:00' })).toEqual([
        { at: [noon, '2026-03-01T03:00:00.000Z'] },
      ]);
    });

    test('a database expression is recorded as the value it gave, and so is what follows it', async () => {
      const changes = await change({ count: 4 }, { count: literal('count * 2'), weight: fn('sqrt', 16) });
      expect(changes).toEqual([{ count: [4, 8], weight: [null, 4] }]);
      const record = await at.models.Typed.findOne({ rejectOnEmpty: true });
      await asAna(() => record.update({ count: 9 }));
      expect((await logOf()).at(-1)?.changes).toEqual({ count: [8, 9] });
    });

    test('JSON with its keys in another order is no change', async () => {
      const changes = await change(
        { meta: { a: 1, b: { c: [1, 2], d: null } }, text: { x: 1, y: 2 } },
        { meta: { b: { d: null, c: [1, 2] }, a: 1 }, text: { y: 2, x: 1 } },
      );
      expect(changes).toEqual([]);
    });

    test('dates inside JSON are recorded as the text they are stored as', async () => {
      const changes = await change({ meta: { at: new Date(noon) } }, { meta: { at: noon, n: 1 } });
      expect(changes).toEqual([{ meta: [{ at: noon }, { at: noon, n: 1 }] }]);
    });

    test('empty lists and nested structures in JSON stay JSON', async () => {
      const changes = await change({ meta: [] }, { meta: { list: [{ deep: [] }], none: null, yes: true } });
      expect(changes).toEqual([{ meta: [[], { list: [{ deep: [] }], none: null, yes: true }] }]);
    });

    test('an array of enum values is recorded as a list, also from and to the empty one', async () => {
      expect(await change({ flags: [] }, { flags: ['red', 'green'] })).toEqual([
        { flags: [[], ['red', 'green']] },
      ]);
      const record = await at.models.Typed.findOne({ rejectOnEmpty: true });
      await asAna(() => record.update({ flags: [] }));
      expect((await logOf()).at(-1)?.changes).toEqual({ flags: [['red', 'green'], []] });
    });

    test('numbers and truth values that are equal in another form are no change', async () => {
      const changes = await change(
        { price: '1.50', big: '5', count: 7, weight: 1.5, active: true, kind: 'good' },
        { price: 1.5, big: 5, count: '7', weight: '1.5', active: 'true', kind: 'good' },
      );
      expect(changes).toEqual([]);
    });
  });

  test('a default that is a function is recorded as the value it gave', async () => {
    await asAna(() => at.models.Typed.create({ kind: 'bad' }));
    expect(await changesOf()).toEqual([['create', { kind: [null, 'bad'], count: [null, 21] }]]);
  });

  test('the old value of an attribute that was not loaded is read from the database', async () => {
    await asAna(() => at.models.Typed.create({ kind: 'bad', big: 5 }));
    const partial = await at.models.Typed.findOne({ attributes: ['id'], rejectOnEmpty: true });
    await asAna(() => partial.update({ kind: 'good', big: 6, count: 21 }));
    expect((await logOf()).at(-1)?.changes).toEqual({ kind: ['bad', 'good'], big: ['5', '6'] });
  });
});
