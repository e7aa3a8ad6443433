import { DataTypes, Op, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);

function defineDrafts(sequelize: Sequelize) {
  const text = DataTypes.TEXT;
  const Draft = sequelize.define('Draft', { text, note: text }, { paranoid: true });
  const Owner = sequelize.define('Owner', { name: text });
  const Item = sequelize.define(
    'Item',
    { name: text, size: DataTypes.INTEGER },
    {
      defaultScope: { where: { size: { [Op.lt]: 10 } }, include: 'owner', order: [['name', 'DESC']] },
      scopes: { small: { where: { size: 1 } } },
    },
  );
  Item.belongsTo(Owner, { as: 'owner', foreignKey: 'ownerId' });
  auditlog.register([Draft, Owner, Item]);
  return { Draft, Owner, Item };
}

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineDrafts);

  describe('a paranoid model', () => {
    test('is updated in deletedAt when a record is destroyed and restored', async () => {
      const draft = await asAna(() => at.models.Draft.create({ text: 'a' }));
      await asAna(() => draft.destroy());
      await asAna(() => draft.restore());
      expect(await changesOf()).toEqual([
        ['create', { text: [null, 'a'] }],
        ['update', { deletedAt: [null, instant] }],
        ['update', { deletedAt: [instant, null] }],
      ]);
    });

    test('is updated too in what else was changed before destroying, which Sequelize writes with it', async () => {
      const draft = await asAna(() => at.models.Draft.create({ text: 'a' }));
      draft.set('text', 'dirty');
      await asAna(() => draft.destroy());
      const [row] = await at.models.Draft.findAll({ paranoid: false, raw: true });
      const [, changes] = (await changesOf())[1] ?? [];
      expect(Reflect.get(row ?? {}, 'text')).toBe('dirty');
      expect(changes).toEqual({ deletedAt: [null, instant], text: ['a', 'dirty'] });
    });

    test('is updated by destroy and restore with where, row for row', async () => {
      await asAna(() => at.models.Draft.bulkCreate([{ text: 'a' }, { text: 'b' }, { text: 'c' }]));
      expect(await asAna(() => at.models.Draft.destroy({ where: { text: ['a', 'b'] } }))).toBe(2);
      await asAna(() => at.models.Draft.restore({ where: { text: 'b' } }));
      expect((await changesOf()).slice(3)).toEqual([
        ['update', { deletedAt: [null, instant] }],
        ['update', { deletedAt: [null, instant] }],
        ['update', { deletedAt: [instant, null] }],
      ]);
    });

    test('is deleted by force', async () => {
      const draft = await asAna(() => at.models.Draft.create({ text: 'a' }));
      await asAna(() => draft.destroy({ force: true }));
      await asAna(() => at.models.Draft.create({ text: 'b' }));
      await asAna(() => at.models.Draft.destroy({ where: {}, force: true }));
      expect((await changesOf()).filter(([action]) => action === 'delete')).toEqual([
        ['delete', { text: ['a', null] }],
        ['delete', { text: ['b', null] }],
      ]);
    });

    test('is not recorded when the row is gone or deleted already', async () => {
      const draft = await asAna(() => at.models.Draft.create({ text: 'a' }));
      await asAna(() => at.models.Draft.destroy({ where: {}, force: true }));
      const entries = await logOf();
      await asAna(() => draft.destroy());
      await asAna(() => draft.restore());
      await asAna(() => draft.destroy({ force: true }));
      expect(await logOf()).toEqual(entries);
    });
  });

  describe('scopes', () => {
    test('records are recorded alike through every scope of their model', async () => {
      const { Item } = at.models;
      await asAna(async () => {
        await Item.scope('small').create({ name: 'a', size: 1 });
        await Item.unscoped().create({ name: 'b', size: 20 });
        await Item.scope('small').update({ name: 'c' }, { where: {} });
        await Item.unscoped().update({ name: 'd' }, { where: { size: 20 } });
        const found = await Item.scope('small').findOne({ rejectOnEmpty: true });
        await found.update({ size: 2 });
        await Item.unscoped().destroy({ where: { id: 1 } });
        await Item.destroy({ where: { size: 20 } });
      });
      expect(await changesOf('Item')).toEqual([
        ['create', { name: [null, 'a'], size: [null, 1] }],
        ['create', { name: [null, 'b'], size: [null, 20] }],
        ['update', { name: ['a', 'c'] }],
        ['update', { name: ['b', 'd'] }],
        ['update', { size: [1, 2] }],
        ['delete', { name: ['c', null], size: [2, null] }],
        ['delete', { name: ['d', null], size: [20, null] }],
      ]);
    });

    test('a write to many rows works where the default scope joins another table', async () => {
      const { Item, Owner } = at.models;
      await asAna(() => Owner.create({ name: 'o' }));
      await asAna(() =>
        Item.bulkCreate([{ name: 'a', size: 1, ownerId: 1 }, { name: 'b', size: 2 }, { size: 99 }]),
      );
      expect(await asAna(() => Item.update({ name: 'x' }, { where: {} }))).toEqual([2]);
      expect(await asAna(() => Item.destroy({ where: { name: 'x' } }))).toBe(2);
      expect((await changesOf('Item')).slice(3).map(([action]) => action)).toEqual([
        'update',
        'update',
        'delete',
        'delete',
      ]);
    });
  });

  test('a model of another schema is recorded under the model’s name, in its own table', async () => {
    const { Owner } = at.models;
    await asAna(() => at.sequelize.query('CREATE SCHEMA IF NOT EXISTS archive'));
    const Archived = Owner.schema('archive');
    await asAna(() =>
      at.sequelize.query('CREATE TABLE IF NOT EXISTS archive.owners (LIKE owners INCLUDING ALL)'),
    );
    const archived = await asAna(() => Archived.create({ id: 5, name: 'old' }));
    await asAna(() => Owner.create({ id: 5, name: 'present' }));
    await asAna(() => archived.update({ name: 'older' }));
    await asAna(() => archived.destroy());
    expect(await changesOf('Owner', '5')).toEqual([
      ['create', { name: [null, 'old'] }],
      ['create', { name: [null, 'present'] }],
      ['update', { name: ['old', 'older'] }],
      ['delete', { name: ['older', null] }],
    ]);
    expect(await Owner.findAll({ raw: true })).toMatchObject([{ name: 'present' }]);
  });

  test('a write to many rows of a table in another schema is recorded', async () => {
    const { Owner } = at.models;
    await asAna(() => at.sequelize.query('CREATE SCHEMA IF NOT EXISTS archive'));
    await asAna(() =>
      at.sequelize.query('CREATE TABLE IF NOT EXISTS archive.owners (LIKE owners INCLUDING ALL)'),
    );
    await asAna(() => at.sequelize.query('TRUNCATE archive.owners'));
    const Archived = Owner.schema('archive');
    await asAna(() => Archived.bulkCreate([{ id: 1, name: 'a' }]));
    await asAna(() => Archived.update({ name: 'b' }, { where: {} }));
    await asAna(() => Archived.destroy({ where: {} }));
    expect((await changesOf('Owner')).slice(1)).toEqual([
      ['update', { name: ['a', 'b'] }],
      ['delete', { name: ['b', null] }],
    ]);
  });
});
