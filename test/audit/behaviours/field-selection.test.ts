import { DataTypes, type Sequelize } from 'sequelize';
import { afterEach, describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { configureAudit } from '../../../src/audit/settings.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const attributes = { name: DataTypes.TEXT, phone: DataTypes.TEXT, notes: DataTypes.TEXT };

function defineSelections(sequelize: Sequelize) {
  const Included = sequelize.define('Included', attributes);
  const Excluded = sequelize.define('Excluded', attributes);
  const Both = sequelize.define('Both', attributes);
  const Masked = sequelize.define('Masked', { ...attributes, apiToken: DataTypes.TEXT });
  auditlog.register(Included, { include: ['name', 'phone'] });
  auditlog.register(Excluded, { exclude: ['notes'] });
  auditlog.register(Both, { include: ['name', 'phone'], exclude: ['phone'] });
  auditlog.register(Masked, { mask: ['phone'], label: 'name' });
  return { Included, Excluded, Both, Masked };
}

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineSelections);
  type Name = keyof ReturnType<typeof defineSelections>;

  /** One record; then its updates, each by itself and as a write to many rows. */
  const updates = async (name: Name, ...sets: readonly Record<string, unknown>[]) => {
    const Model = at.models[name];
    const record = await asAna(() => Model.create({ name: 'n', phone: 'p', notes: 'o' }));
    for (const values of sets) await asAna(() => record.update(values));
    await asAna(() => Model.create({ name: 'n', phone: 'p', notes: 'o' }));
    for (const values of sets) await asAna(() => Model.update(values, { where: { id: 2 } }));
    const changes = await Promise.all(['1', '2'].map((id) => changesOf(name, id)));
    const [single, many] = changes.map((entries) => entries.slice(1).map(([, fields]) => fields));
    expect(many).toEqual(single);
    return single;
  };

  test('with an include list other fields leave no entry, and listed ones are recorded alone', async () => {
    expect(await updates('Included', { notes: 'x' }, { name: 'y', notes: 'z' })).toEqual([
      { name: ['n', 'y'] },
    ]);
    const record = await at.models.Included.findByPk(1, { rejectOnEmpty: true });
    record.set({ phone: 'q', notes: 'named too' });
    await asAna(() => record.save({ fields: ['phone', 'notes'] }));
    expect((await changesOf('Included', '1')).at(-1)).toEqual(['update', { phone: ['p', 'q'] }]);
  });

  test('with an exclude list changes of excluded fields alone leave no entry', async () => {
    expect(await updates('Excluded', { notes: 'x' }, { notes: 'z', phone: 'q' })).toEqual([
      { phone: ['p', 'q'] },
    ]);
  });

  test('a field in both lists is excluded', async () => {
    expect(await updates('Both', { phone: 'q' }, { name: 'y', phone: 'r' })).toEqual([{ name: ['n', 'y'] }]);
  });

  test('a masked field shows that it changed and nothing of its value, and null stays null', async () => {
    const hidden = '********';
    expect(await updates('Masked', { phone: 'q' }, { phone: null }, { phone: '' })).toEqual([
      { phone: [hidden, hidden] },
      { phone: [hidden, null] },
      { phone: [null, hidden] },
    ]);
    expect(await changesOf('Masked', '1')).toContainEqual([
      'create',
      { name: [null, 'n'], phone: [null, hidden], notes: [null, 'o'] },
    ]);
  });

  test('an attribute with a secret name is masked without being listed', async () => {
    expect(await updates('Masked', { apiToken: 'abc' })).toEqual([{ apiToken: [null, '********'] }]);
  });

  test('a masked field that equals what it was is no change', async () => {
    expect(await updates('Masked', { phone: 'p' })).toEqual([]);
  });
});

describe('masks and lists that hold for many models', () => {
  const at = useAuditedModels('without triggers', (sequelize) => {
    const Person = sequelize.define('Person', attributes);
    const Firm = sequelize.define('Firm', { name: DataTypes.TEXT, phone: DataTypes.TEXT });
    const Visit = sequelize.define('Visit', { notes: DataTypes.TEXT });
    auditlog.registerAll(sequelize, { mask: ['phone'], exclude: ['notes'], except: [Visit] });
    return { Person, Firm, Visit };
  });

  test('what registerAll masks and excludes is masked and excluded in every model that has it', async () => {
    await asAna(() => at.models.Person.create({ name: 'Ida', phone: '1', notes: 'n' }));
    await asAna(() => at.models.Firm.create({ name: 'Ink', phone: '2' }));
    await at.models.Visit.create({ notes: 'not registered' });
    expect(await changesOf()).toEqual([
      ['create', { name: [null, 'Ida'], phone: [null, '********'] }],
      ['create', { name: [null, 'Ink'], phone: [null, '********'] }],
    ]);
  });
});

describe('mask functions', () => {
  afterEach(() => configureAudit({ maskValue: () => '********' }));
  const at = useAuditedModels('without triggers', (sequelize) => {
    const Plain = sequelize.define('Plain', attributes);
    const Global = sequelize.define('Global', attributes);
    const Own = sequelize.define('Own', attributes);
    auditlog.register(Plain, { mask: ['phone'] });
    configureAudit({ maskValue: (value) => `global ${String(value).length}` });
    auditlog.register(Global, { mask: ['phone'] });
    auditlog.register(Own, { mask: ['phone'], maskValue: (value) => `own ${String(value).length}` });
    return { Plain, Global, Own };
  });

  test("a model's own mask wins over the global one, which wins over the default", async () => {
    for (const Model of Object.values(at.models)) await asAna(() => Model.create({ phone: '12345' }));
    expect(await changesOf()).toEqual([
      ['create', { phone: [null, '********'] }],
      ['create', { phone: [null, 'global 5'] }],
      ['create', { phone: [null, 'own 5'] }],
    ]);
  });

  test('a change between two values with the same mask is recorded', async () => {
    const record = await asAna(() => at.models.Own.create({ phone: '123' }));
    await asAna(() => record.update({ phone: '124' }));
    expect((await changesOf())[1]).toEqual(['update', { phone: ['own 3', 'own 3'] }]);
  });
});
