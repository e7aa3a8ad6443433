import { DataTypes, type Model, type ModelStatic, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const uuid = '6f1c0c9e-3b53-4c0e-9f5d-2f1f6a1b7c11';
const keys = {
  Counted: { values: { id: 7 }, objectId: '7' },
  Spelled: { values: { code: 'a/b %' }, objectId: 'a/b %' },
  Unique: { values: { id: uuid }, objectId: uuid },
  /** The key is a foreign key too. */
  Extension: { values: { countedId: 7 }, objectId: '7' },
  Paired: { values: { left: 'a/b', right: 2 }, objectId: 'a%2Fb/2' },
  Dated: { values: { at: new Date('2026-05-01T10:00:00Z') }, objectId: '2026-05-01T10:00:00.000Z' },
};
type Name = keyof typeof keys;

function defineKeys(sequelize: Sequelize): Record<Name, ModelStatic<Model>> {
  const label = DataTypes.TEXT;
  const key = { primaryKey: true };
  const models = {
    Counted: sequelize.define('Counted', { id: { type: DataTypes.INTEGER, ...key }, label }),
    Spelled: sequelize.define('Spelled', { code: { type: DataTypes.TEXT, ...key }, label }),
    Unique: sequelize.define('Unique', { id: { type: DataTypes.UUID, ...key }, label }),
    Extension: sequelize.define('Extension', { countedId: { type: DataTypes.INTEGER, ...key }, label }),
    Paired: sequelize.define('Paired', {
      left: { type: DataTypes.TEXT, ...key },
      right: { type: DataTypes.INTEGER, ...key },
      label,
    }),
    Dated: sequelize.define('Dated', { at: { type: DataTypes.DATE, ...key }, label }),
  };
  models.Extension.belongsTo(models.Counted, { foreignKey: 'countedId' });
  auditlog.register(Object.values(models), { label: 'label' });
  return models;
}

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineKeys);

  test.each<[Name, string]>([
    ['Counted', 'an integer'],
    ['Spelled', 'a text'],
    ['Unique', 'a UUID'],
    ['Extension', 'a foreign key'],
    ['Paired', 'two columns'],
    ['Dated', 'an instant'],
  ])('a %s, whose key is %s, is recorded from its creation to its deletion and after', async (name) => {
    const Model = at.models[name];
    const { values, objectId } = keys[name];
    if (name === 'Extension') await asAna(() => at.models.Counted.create({ id: 7 }));
    for (const label of ['first', 'second']) {
      const record = await asAna(() => Model.create({ ...values, label }));
      await asAna(() => record.update({ label: 'changed' }));
      await asAna(() => record.update({ label: 'changed' }));
      const again = await Model.findOne({ where: { ...values }, rejectOnEmpty: true });
      await asAna(() => again.destroy());
    }
    const life = (label: string) => [
      ['create', { label: [null, label] }],
      ['update', { label: [label, 'changed'] }],
      ['delete', { label: ['changed', null] }],
    ];
    expect(await changesOf(name, objectId)).toEqual([...life('first'), ...life('second')]);
    expect(await logOf(name)).toHaveLength(6);
  });

  test.each(Object.keys(keys).filter((name): name is Name => name in keys))(
    'a %s is recorded under the same key by bulkCreate, upserts and writes to many rows',
    async (name) => {
      const Model = at.models[name];
      const { values, objectId } = keys[name];
      if (name === 'Extension') await asAna(() => at.models.Counted.create({ id: 7 }));
      await asAna(() => Model.bulkCreate([{ ...values, label: 'a' }]));
      const upsert = { updateOnDuplicate: ['label'], conflictAttributes: Object.keys(values) };
      await asAna(() => Model.bulkCreate([{ ...values, label: 'b' }], upsert));
      await asAna(() => Model.update({ label: 'c' }, { where: { label: 'b' } }));
      await asAna(() => Model.destroy({ where: { label: 'c' } }));
      expect(await changesOf(name, objectId)).toEqual([
        ['create', { label: [null, 'a'] }],
        ['update', { label: ['a', 'b'] }],
        ['update', { label: ['b', 'c'] }],
        ['delete', { label: ['c', null] }],
      ]);
    },
  );
});
