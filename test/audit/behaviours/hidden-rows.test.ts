import { DataTypes, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

function defineHidden(sequelize: Sequelize) {
  const Draft = sequelize.define(
    'Draft',
    { text: DataTypes.TEXT, status: { type: DataTypes.TEXT, defaultValue: 'open' } },
    { paranoid: true, defaultScope: { where: { status: 'open' } } },
  );
  auditlog.register(Draft, { label: 'text' });
  return { Draft };
}

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineHidden);

  test('a row that the default scope hides is recorded with its old values', async () => {
    const draft = await asAna(() => at.models.Draft.create({ text: 'a', status: 'closed' }));
    await asAna(() => draft.update({ text: 'b' }));
    await asAna(() => at.models.Draft.unscoped().update({ text: 'c' }, { where: {} }));
    await asAna(() => at.models.Draft.update({ text: 'not seen' }, { where: {} }));
    expect(await changesOf()).toEqual([
      ['create', { text: [null, 'a'], status: [null, 'closed'] }],
      ['update', { text: ['a', 'b'] }],
      ['update', { text: ['b', 'c'] }],
    ]);
  });

  test('a softly deleted row is recorded with its old values', async () => {
    const draft = await asAna(() => at.models.Draft.create({ text: 'a' }));
    await asAna(() => draft.destroy());
    await asAna(() => draft.update({ text: 'b' }));
    await asAna(() => at.models.Draft.update({ text: 'c' }, { where: {}, paranoid: false }));
    await asAna(() => at.models.Draft.update({ text: 'not seen' }, { where: {} }));
    expect((await changesOf()).slice(2)).toEqual([
      ['update', { text: ['a', 'b'] }],
      ['update', { text: ['b', 'c'] }],
    ]);
  });

  test('that the log cannot be deleted from does not keep a record from being deleted', async () => {
    const draft = await asAna(() => at.models.Draft.create({ text: 'a' }));
    await expect(LogEntry.destroy({ where: {} })).rejects.toThrow('log entries are never changed or deleted');
    await asAna(() => draft.destroy({ force: true }));
    expect(await at.models.Draft.unscoped().count({ paranoid: false })).toBe(0);
    expect((await changesOf()).map(([action]) => action)).toEqual(['create', 'delete']);
  });
});
