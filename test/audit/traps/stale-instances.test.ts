import { DataTypes, literal, type Model, OptimisticLockError, type Sequelize } from 'sequelize';
import { afterEach, describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

function defineNotes(sequelize: Sequelize) {
  const attributes = { text: DataTypes.TEXT, count: DataTypes.INTEGER, at: DataTypes.DATE };
  const Note = sequelize.define('Note', attributes);
  const Versioned = sequelize.define('Versioned', attributes, { version: true });
  const Strict = sequelize.define('Strict', {
    text: { type: DataTypes.TEXT, allowNull: false },
    count: DataTypes.INTEGER,
  });
  auditlog.register([Note, Versioned, Strict]);
  return { Note, Versioned, Strict };
}

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineNotes);
  const create = (values = {}) => asAna(() => at.models.Note.create({ text: 'a', count: 1, ...values }));
  const updates = async () => (await changesOf()).slice(1).map(([, changes]) => changes);
  /** Another program's write, which leaves no entry here. */
  const elsewhere = (sql: string) =>
    asAna(() =>
      at.sequelize.transaction(async (transaction) => {
        await at.sequelize.query("SET LOCAL session_replication_role = 'replica'", { transaction });
        await at.sequelize.query(sql, { transaction });
      }),
    );
  afterEach(() => {
    at.models.Note.removeHook('afterUpdate', 'again');
    at.models.Note.removeHook('beforeUpdate', 'more');
  });

  test('what was written elsewhere since loading is the old value', async () => {
    const note = await create();
    await elsewhere('UPDATE notes SET count = 50');
    await asAna(() => note.update({ count: 60 }));
    expect(await updates()).toEqual([{ count: [50, 60] }]);
    await elsewhere('UPDATE notes SET count = 70');
    await asAna(() => note.destroy());
    expect((await changesOf()).at(-1)).toEqual(['delete', { text: ['a', null], count: [70, null] }]);
  });

  test('after a rollback, setting what the instance believes to have already is no change', async () => {
    const note = await create();
    const undone = at.sequelize.transaction((transaction) =>
      asAna(async () => {
        await note.update({ count: 2 }, { transaction });
        throw new Error('changed my mind');
      }),
    );
    await expect(undone).rejects.toThrow('changed my mind');
    await asAna(() => note.update({ count: 2 }));
    expect(await updates()).toEqual([]);
    expect(await at.models.Note.findOne({ raw: true })).toMatchObject({ count: 1 });
    await asAna(() => note.update({ count: 3 }));
    expect(await updates()).toEqual([{ count: [1, 3] }]);
  });

  test('undefined is no value: the column keeps what it has, and nothing is recorded of it', async () => {
    const note = await create();
    await asAna(() => note.set({ text: undefined, count: 2 }).save());
    expect(await updates()).toEqual([{ count: [1, 2] }]);
    expect(await at.models.Note.findOne({ raw: true })).toMatchObject({ text: 'a', count: 2 });
    await asAna(() => at.models.Note.create({ text: undefined, count: 9 }));
    expect((await changesOf()).at(-1)).toEqual(['create', { count: [null, 9] }]);
  });

  test('undefined in a write to many rows does not fail a column that may not be null', async () => {
    await asAna(() => at.models.Strict.create({ text: 'a' }));
    await asAna(() => at.models.Strict.update({ text: undefined, count: 2 }, { where: {} }));
    expect(await updates()).toEqual([{ count: [null, 2] }]);
  });

  test('microseconds that JavaScript cuts off are no change when they are not written', async () => {
    const note = await create();
    await elsewhere("UPDATE notes SET at = '2026-03-01 12:00:00.123456+00'");
    await note.reload();
    await asAna(() => note.update({ count: 2 }));
    await asAna(() => note.update({ at: new Date('2026-03-01T12:00:00.123Z'), count: 3 }));
    expect(await updates()).toEqual([{ count: [1, 2] }, { count: [2, 3] }]);
    const [rows] = await at.sequelize.query("SELECT to_char(at, 'US') AS us FROM notes");
    expect(rows).toEqual([{ us: '123456' }]);
  });

  test('when another hook saves the record again, both saves are recorded from what was stored', async () => {
    const note = await create();
    let again = true;
    at.models.Note.addHook('afterUpdate', 'again', async (instance: Model, { transaction }) => {
      if (!again) return;
      again = false;
      await instance.update({ text: 'saved again' }, { transaction: transaction ?? null });
    });
    await asAna(() => note.update({ count: 2 }));
    const changes = await updates();
    expect(changes).toHaveLength(2);
    expect(changes).toContainEqual({ count: [1, 2] });
    expect(changes).toContainEqual({ text: ['a', 'saved again'] });
  });

  test('what another hook changes before the save is recorded with it', async () => {
    const note = await create();
    at.models.Note.addHook('beforeUpdate', 'more', (instance: Model) => {
      instance.set('text', 'by the hook');
    });
    await asAna(() => note.update({ count: 2 }));
    expect(await updates()).toEqual([{ text: ['a', 'by the hook'], count: [1, 2] }]);
  });

  test('a record with a version is recorded, and a stale one is refused without an entry', async () => {
    const first = await asAna(() => at.models.Versioned.create({ text: 'a' }));
    const stale = await at.models.Versioned.findOne({ rejectOnEmpty: true });
    await asAna(() => first.update({ text: 'b' }));
    await expect(asAna(() => stale.update({ text: 'c' }))).rejects.toThrow(OptimisticLockError);
    expect(await at.models.Versioned.findOne({ raw: true })).toMatchObject({ text: 'b', version: 1 });
    expect((await logOf()).map(({ action, changes }) => [action, changes.text])).toEqual([
      ['create', [null, 'a']],
      ['update', ['a', 'b']],
    ]);
  });

  test('what is written to many rows of a model with a version is recorded', async () => {
    await asAna(() => at.models.Versioned.create({ text: 'a' }));
    await asAna(() => at.models.Versioned.update({ text: 'b' }, { where: {} }));
    expect((await updates())[0]).toMatchObject({ text: ['a', 'b'] });
  });

  test('after a database expression the instance holds the value, and the next save the true old one', async () => {
    const note = await create();
    await asAna(() => note.update({ count: literal('count + 41') }));
    expect(note.get('count')).toBe(42);
    await asAna(() => note.update({ count: 7 }));
    expect(await updates()).toEqual([{ count: [1, 42] }, { count: [42, 7] }]);
  });
});
